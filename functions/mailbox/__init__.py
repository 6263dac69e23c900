"""The mailbox: a signed-in case worker reads letters in one recipient's tenant session."""
