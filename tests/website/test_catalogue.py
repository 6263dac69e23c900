"""The texts of the domain have one key each, and every one of them an English text."""

from familjehem.domain import question_set
from website import catalogue


def test_every_label_of_the_question_set_has_a_key():
    # given
    current = question_set.current()
    known = catalogue.texts()
    # then
    assert known["section.housing"] == "Boende"
    assert known["language.swl"] == "Teckenspråk (svenskt)"
    assert {f"question.{each.name}.label" for each in current.questions} <= known.keys()
    assert known["question.children.member.living.choice.movedOut"] == "Har flyttat hemifrån"
    assert known["question.protectedIdentity.choice.unsure"] == "Vet inte"


def test_telling_in_conversation_is_one_text_for_all_questions():
    known = catalogue.texts()
    assert known["question.talk"] == question_set.current().talk.label
    assert not [key for key in known if key.endswith(".choice.talk")]


def test_no_key_stands_for_two_texts():
    # given
    current = question_set.current()
    shared = {catalogue.option_key(each, option): option.text for each in current.statements for option in each.options}
    # then
    known = catalogue.texts()
    assert all(known[key] == text for key, text in shared.items())
    for question in current.questions:
        for choice in question.choices:
            assert known[catalogue.choice_key(f"question.{question.name}", choice)] == choice.label
