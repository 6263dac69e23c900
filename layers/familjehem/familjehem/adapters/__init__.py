"""The adapters: the only rooms that say boto3. They translate both ways and decide nothing."""
