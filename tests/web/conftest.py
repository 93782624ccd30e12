from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from planning.models import User
from tests.factories.hospital import Hospital

SignIn = Callable[[User], Client]


@pytest.fixture
def sign_in() -> SignIn:
    def as_user(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return as_user


@pytest.fixture
def director(hospital: Hospital, sign_in: SignIn) -> Client:
    return sign_in(hospital.director)


@pytest.fixture
def viewer(hospital: Hospital, sign_in: SignIn) -> Client:
    return sign_in(hospital.viewer)


@pytest.fixture
def surgeon(hospital: Hospital, sign_in: SignIn) -> Client:
    return sign_in(hospital.surgeon_user)
