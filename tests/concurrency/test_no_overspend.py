"""The shared tests, on both databases that are exact under concurrency."""

import pytest

from tests.concurrency.no_overspend import NoOverspend


@pytest.mark.emulator
@pytest.mark.xdist_group("ministack")
class TestNoOverspendOnMinistack(NoOverspend):
    @pytest.fixture
    def gateways(self, ministack_gateways):
        return ministack_gateways


@pytest.mark.emulator
@pytest.mark.xdist_group("dynamodb-local")
class TestNoOverspendOnDynamoDbLocal(NoOverspend):
    @pytest.fixture
    def gateways(self, dynamodb_local_gateways):
        return dynamodb_local_gateways
