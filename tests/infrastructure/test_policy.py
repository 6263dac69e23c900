"""The evaluator itself: each rule of AWS's logic with a call that passes and one that does not."""

from typing import ClassVar

import pytest

from tests.infrastructure.policy import PolicyError, Request, Verdict, decide

ROLE = "arn:aws:iam::123456789012:role/one"
OTHER = "arn:aws:iam::123456789012:role/other"
TABLE = "arn:aws:dynamodb:eu-north-1:123456789012:table/main"


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action="dynamodb:GetItem", resource=TABLE, **rest):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action="dynamodb:GetItem", resource=TABLE, **rest):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **rest}


def request(action="dynamodb:GetItem", resource=TABLE, principal=ROLE, **context):
    return Request(action, resource, principal, context.get("context", {}))


def under(condition, context):
    return decide(request(context=context), [policy(allow(Condition=condition))])


class TestStatements:
    def test_nothing_is_allowed_that_no_statement_allows(self):
        assert decide(request(), []) is Verdict.REFUSED

    def test_a_deny_wins_over_every_allow(self):
        assert decide(request(), [policy(allow()), policy(deny())]) is Verdict.FORBIDDEN

    def test_a_single_statement_need_not_be_a_list(self):
        assert decide(request(), [{"Statement": allow()}]) is Verdict.ALLOWED

    @pytest.mark.parametrize(
        ("pattern", "action", "fits"),
        [
            ("dynamodb:Get*", "dynamodb:GetItem", True),
            ("dynamodb:getitem", "dynamodb:GetItem", True),
            ("dynamodb:Get?tem", "dynamodb:GetItem", True),
            ("dynamodb:Get", "dynamodb:GetItem", False),
            ("*", "kms:Decrypt", True),
        ],
    )
    def test_actions_fit_by_wildcard_and_whatever_the_case(self, pattern, action, fits):
        found = decide(request(action=action), [policy(allow(action=pattern))])
        assert (found is Verdict.ALLOWED) is fits

    @pytest.mark.parametrize(
        ("pattern", "fits"),
        [(TABLE, True), (f"{TABLE}/index/*", False), (TABLE.replace("main", "MAIN"), False), (TABLE[:-2] + "*", True)],
    )
    def test_resources_fit_by_wildcard_and_by_case(self, pattern, fits):
        assert (decide(request(), [policy(allow(resource=pattern))]) is Verdict.ALLOWED) is fits

    def test_a_star_in_a_resource_crosses_slashes(self):
        found = decide(
            request("s3:PutObject", "arn:aws:s3:::b/r/n/letter"), [policy(allow("s3:*", "arn:aws:s3:::b/*/letter"))]
        )
        assert found is Verdict.ALLOWED

    def test_not_action_means_all_but(self):
        everything_else = {"Effect": "Deny", "NotAction": "dynamodb:GetItem", "Resource": "*"}
        assert decide(request(), [policy(allow("*", "*"), everything_else)]) is Verdict.ALLOWED
        assert decide(request("dynamodb:Scan"), [policy(allow("*", "*"), everything_else)]) is Verdict.FORBIDDEN

    def test_not_resource_means_all_but(self):
        everything_else = {"Effect": "Deny", "Action": "dynamodb:GetItem", "NotResource": TABLE}
        assert decide(request(), [policy(allow("*", "*"), everything_else)]) is Verdict.ALLOWED
        assert decide(request(resource=f"{TABLE}2"), [policy(allow("*", "*"), everything_else)]) is Verdict.FORBIDDEN

    def test_a_statement_without_an_action_is_a_fault(self):
        with pytest.raises(PolicyError):
            decide(request(), [policy({"Effect": "Allow", "Resource": "*"})])


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "context", "fits"),
        [
            ({"StringEquals": {"k": "a"}}, {"k": "a"}, True),
            ({"StringEquals": {"k": "a"}}, {"k": "A"}, False),
            ({"StringEquals": {"k": "a*"}}, {"k": "ab"}, False),
            ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
            ({"StringEquals": {"k": "a"}}, {}, False),
            ({"StringEquals": {"K": "a"}}, {"k": "a"}, True),
            ({"StringEqualsIgnoreCase": {"k": "A"}}, {"k": "a"}, True),
            ({"StringLike": {"k": "a*"}}, {"k": "ab"}, True),
            ({"StringLike": {"k": "a?"}}, {"k": "abc"}, False),
            ({"StringNotEquals": {"k": "a"}}, {"k": "b"}, True),
            ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
            ({"StringNotEquals": {"k": "a"}}, {}, True),
            ({"StringNotLike": {"k": "a*"}}, {"k": "ab"}, False),
            ({"Bool": {"k": "true"}}, {"k": "TRUE"}, True),
            ({"Bool": {"k": True}}, {"k": "true"}, True),
            ({"Bool": {"k": "false"}}, {}, False),
            ({"NumericLessThan": {"k": "1.2"}}, {"k": "1.1"}, True),
            ({"NumericLessThan": {"k": "1.2"}}, {"k": "1.2"}, False),
            ({"NumericGreaterThanEquals": {"k": 2}}, {"k": "2"}, True),
            ({"NumericNotEquals": {"k": 2}}, {"k": "3"}, True),
            ({"ArnLike": {"k": "arn:aws:iam::1:role/a-*"}}, {"k": "arn:aws:iam::1:role/a-b"}, True),
            ({"ArnEquals": {"k": "arn:aws:iam::*:role/a"}}, {"k": "arn:aws:iam::1:role/a"}, True),
            ({"ArnLike": {"k": "arn:aws:*"}}, {"k": "arn:aws:iam::1:role/a"}, False),
            ({"ArnNotEquals": {"k": "arn:aws:iam::1:role/a"}}, {"k": "arn:aws:iam::1:role/b"}, True),
            ({"ArnNotEquals": {"k": "arn:aws:iam::1:role/a"}}, {}, True),
        ],
    )
    def test_operators(self, condition, context, fits):
        assert (under(condition, context) is Verdict.ALLOWED) is fits

    def test_all_operators_and_all_keys_must_hold(self):
        both = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
        assert under(both, {"a": "1", "b": "2", "c": "true"}) is Verdict.ALLOWED
        assert under(both, {"a": "1", "b": "2", "c": "false"}) is Verdict.REFUSED
        assert under(both, {"a": "1", "b": "3", "c": "true"}) is Verdict.REFUSED

    def test_null_asks_whether_a_key_is_there(self):
        assert under({"Null": {"k": "true"}}, {}) is Verdict.ALLOWED
        assert under({"Null": {"k": "false"}}, {}) is Verdict.REFUSED
        assert under({"Null": {"k": "false"}}, {"k": "x"}) is Verdict.ALLOWED
        assert under({"Null": {"k": False}}, {"k": []}) is Verdict.REFUSED

    def test_if_exists_passes_what_is_not_there_also_in_a_deny(self):
        condition = {"StringNotEqualsIfExists": {"k": "a"}}
        assert under(condition, {}) is Verdict.ALLOWED
        assert under({"StringEqualsIfExists": {"k": "a"}}, {"k": "b"}) is Verdict.REFUSED
        # The trap of the encryption header: this denies a put that says nothing.
        assert decide(request(), [policy(allow(), deny(Condition=condition))]) is Verdict.FORBIDDEN

    def test_an_unknown_operator_is_a_fault_and_no_yes(self):
        with pytest.raises(PolicyError):
            under({"DateLessThan": {"k": "2026-01-01"}}, {"k": "2025-01-01"})
        with pytest.raises(PolicyError):
            under({"ForSomeValues:StringEquals": {"k": "a"}}, {"k": ["a"]})

    def test_a_plain_operator_on_several_values_is_a_fault(self):
        with pytest.raises(PolicyError):
            under({"StringEquals": {"k": "a"}}, {"k": ["a", "b"]})


class TestSets:
    GUARD: ClassVar[dict] = {"dynamodb:LeadingKeys": "false"}
    OWN: ClassVar[dict] = {"dynamodb:LeadingKeys": ["OWN#*"]}

    def test_for_all_values_demands_every_value(self):
        condition = {"ForAllValues:StringLike": self.OWN}
        assert under(condition, {"dynamodb:LeadingKeys": ["OWN#1", "OWN#2"]}) is Verdict.ALLOWED
        assert under(condition, {"dynamodb:LeadingKeys": ["OWN#1", "OTHER#2"]}) is Verdict.REFUSED

    def test_for_all_values_passes_an_empty_set_and_a_missing_key(self):
        condition = {"ForAllValues:StringLike": self.OWN}
        assert under(condition, {}) is Verdict.ALLOWED, "the trap: a scan has no leading keys"
        assert under(condition, {"dynamodb:LeadingKeys": []}) is Verdict.ALLOWED

    def test_the_guard_of_null_closes_the_trap(self):
        condition = {"ForAllValues:StringLike": self.OWN, "Null": self.GUARD}
        assert under(condition, {}) is Verdict.REFUSED
        assert under(condition, {"dynamodb:LeadingKeys": []}) is Verdict.REFUSED
        assert under(condition, {"dynamodb:LeadingKeys": ["OWN#1"]}) is Verdict.ALLOWED

    def test_for_any_value_demands_one_and_refuses_the_empty_set(self):
        condition = {"ForAnyValue:StringLike": self.OWN}
        assert under(condition, {"dynamodb:LeadingKeys": ["OTHER#1", "OWN#2"]}) is Verdict.ALLOWED
        assert under(condition, {"dynamodb:LeadingKeys": ["OTHER#1"]}) is Verdict.REFUSED
        assert under(condition, {}) is Verdict.REFUSED

    def test_for_any_value_in_a_deny_catches_a_mixed_batch(self):
        denied = deny(Condition={"ForAnyValue:StringLike": {"k": "OUT#*"}})
        assert decide(request(context={"k": ["A#1", "OUT#1"]}), [policy(allow(), denied)]) is Verdict.FORBIDDEN
        assert decide(request(context={"k": ["A#1"]}), [policy(allow(), denied)]) is Verdict.ALLOWED


class TestVariables:
    TAG = "aws:PrincipalTag/recipient"

    def test_a_variable_holds_what_the_session_says(self):
        condition = {"StringLike": {"k": "INBOX#${aws:PrincipalTag/recipient}#*"}}
        assert under(condition, {"k": "INBOX#0680#1", self.TAG: "0680"}) is Verdict.ALLOWED
        assert under(condition, {"k": "INBOX#0180#1", self.TAG: "0680"}) is Verdict.REFUSED
        assert under(condition, {"k": "INBOX#06801#1", self.TAG: "0680"}) is Verdict.REFUSED

    def test_a_variable_without_a_value_fits_nothing(self):
        assert under({"StringLike": {"k": "INBOX#${aws:PrincipalTag/recipient}"}}, {"k": "INBOX#"}) is Verdict.REFUSED
        found = policy(allow("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/recipient}/*"))
        assert decide(request("s3:GetObject", "arn:aws:s3:::b//x"), [found]) is Verdict.REFUSED

    def test_a_star_within_a_variable_is_a_star(self):
        condition = {"StringLike": {"k": "INBOX#${aws:PrincipalTag/recipient}"}}
        assert under(condition, {"k": "INBOX#0680", self.TAG: "*"}) is Verdict.REFUSED

    def test_a_variable_works_in_resources(self):
        found = policy(allow("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/recipient}/*"))
        here = request("s3:GetObject", "arn:aws:s3:::b/0680/1/letter", context={self.TAG: "0680"})
        there = request("s3:GetObject", "arn:aws:s3:::b/0180/1/letter", context={self.TAG: "0680"})
        assert decide(here, [found]) is Verdict.ALLOWED
        assert decide(there, [found]) is Verdict.REFUSED

    def test_a_variable_may_have_a_default_and_a_literal_dollar(self):
        assert under({"StringEquals": {"k": "${aws:PrincipalTag/x, 'none'}"}}, {"k": "none"}) is Verdict.ALLOWED
        assert under({"StringLike": {"k": "a${*}"}}, {"k": "a*"}) is Verdict.ALLOWED
        assert under({"StringLike": {"k": "a${*}"}}, {"k": "ab"}) is Verdict.REFUSED


class TestSeveralPolicies:
    ACCOUNT: ClassVar[dict] = {"AWS": "arn:aws:iam::123456789012:root"}

    def test_a_session_policy_only_narrows(self):
        wide, narrow = policy(allow("dynamodb:*", "*")), policy(allow("dynamodb:GetItem"))
        assert decide(request(), [wide], session=narrow) is Verdict.ALLOWED
        assert decide(request("dynamodb:PutItem"), [wide], session=narrow) is Verdict.REFUSED
        assert decide(request(), [policy(allow("dynamodb:PutItem"))], session=wide) is Verdict.REFUSED

    def test_a_resource_may_allow_a_role_by_itself_or_leave_it_to_the_account(self):
        named = policy(allow(Principal={"AWS": ROLE}))
        account = policy(allow(Principal=self.ACCOUNT))
        assert decide(request(), [], resource=named) is Verdict.ALLOWED
        assert decide(request(principal=OTHER), [], resource=named) is Verdict.REFUSED
        assert decide(request(), [], resource=account) is Verdict.REFUSED
        assert decide(request(), [policy(allow())], resource=account) is Verdict.ALLOWED

    def test_a_key_demands_its_own_policy(self):
        account = policy(allow("kms:Decrypt", "*", Principal=self.ACCOUNT))
        mine = [policy(allow("kms:*", "*"))]
        asked = request("kms:Decrypt")
        assert decide(asked, mine, resource=account, demands_resource=True) is Verdict.ALLOWED
        assert decide(asked, [], resource=account, demands_resource=True) is Verdict.REFUSED
        assert decide(request("kms:Encrypt"), mine, resource=account, demands_resource=True) is Verdict.REFUSED
        assert decide(asked, mine, resource=policy(), demands_resource=True) is Verdict.REFUSED

    def test_a_resource_can_forbid_what_the_identity_allows(self):
        shut = policy(deny(Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}}))
        assert decide(request(), [policy(allow())], resource=shut) is Verdict.ALLOWED
        assert decide(request(principal=OTHER), [policy(allow())], resource=shut) is Verdict.FORBIDDEN

    def test_a_service_is_named_as_a_service(self):
        service = policy(allow("sns:Publish", "*", Principal={"Service": "cloudwatch.amazonaws.com"}))
        assert (
            decide(request("sns:Publish", principal="cloudwatch.amazonaws.com"), [], resource=service)
            is Verdict.ALLOWED
        )
        assert decide(request("sns:Publish", principal="lambda.amazonaws.com"), [], resource=service) is Verdict.REFUSED

    def test_not_principal_is_a_fault(self):
        with pytest.raises(PolicyError):
            decide(request(), [], resource=policy(deny(NotPrincipal={"AWS": ROLE})))
