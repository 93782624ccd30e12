from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    name = "planning"
    verbose_name = _("Planification du bloc")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from planning.web.sessions import begin_session  # models must be there first

        # However one signs in: password, passkey or single sign-on.
        user_logged_in.connect(begin_session, dispatch_uid="begin_session")
