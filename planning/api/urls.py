from __future__ import annotations

from django.urls import URLPattern, path

from planning.api import comparisons, explanations, plans, runs, swaps, versions, weeks
from planning.api.schema import Schema

urlpatterns: list[URLPattern] = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("weeks/<str:week>/grid/", weeks.Grid.as_view(), name="api-week-grid"),
    path("weeks/<str:week>/pulse/", weeks.Pulse.as_view(), name="api-week-pulse"),
    path("weeks/<str:week>/draft/", weeks.Draft.as_view(), name="api-week-draft"),
    path("plans/<int:pk>/lift/", plans.Lift.as_view(), name="api-plan-lift"),
    path("plans/<int:pk>/price/", plans.Price.as_view(), name="api-plan-price"),
    path("plans/<int:pk>/moves/", plans.Moves.as_view(), name="api-plan-moves"),
    path("plans/<int:pk>/swaps/", swaps.Swaps.as_view(), name="api-plan-swaps"),
    path("plans/<int:pk>/swaps/price/", swaps.SwapPrice.as_view(), name="api-plan-swap-price"),
    path("plans/<int:pk>/swaps/partners/", swaps.SwapPartners.as_view(), name="api-plan-swap-partners"),
    path("plans/<int:pk>/room-swaps/", swaps.RoomSwaps.as_view(), name="api-plan-room-swaps"),
    path("plans/<int:pk>/room-swaps/price/", swaps.RoomSwapPrice.as_view(), name="api-plan-room-swap-price"),
    path("plans/<int:pk>/unplan/", plans.Unplans.as_view(), name="api-plan-unplan"),
    path("plans/<int:pk>/pins/", plans.Pins.as_view(), name="api-plan-pins"),
    path("plans/<int:pk>/undo/", plans.Undo.as_view(), name="api-plan-undo"),
    path("plans/<int:pk>/redo/", plans.Redo.as_view(), name="api-plan-redo"),
    path("plans/<int:pk>/difference/", versions.Difference.as_view(), name="api-plan-difference"),
    path("plans/<int:pk>/take/", versions.Take.as_view(), name="api-plan-take"),
    path("plans/<int:pk>/approval/", versions.Approval.as_view(), name="api-plan-approval"),
    path("plans/<int:pk>/approve/", versions.Approve.as_view(), name="api-plan-approve"),
    path("plans/<int:pk>/make-room/", explanations.MakeRoom.as_view(), name="api-plan-make-room"),
    path("plans/<int:pk>/explanations/<int:intervention>/", explanations.Why.as_view(), name="api-plan-explanation"),
    path("weeks/<str:week>/journal/", versions.Journal.as_view(), name="api-week-journal"),
    path("weeks/<str:week>/runs/", runs.WeekRuns.as_view(), name="api-week-runs"),
    path("runs/<int:pk>/", runs.RunDetail.as_view(), name="api-run"),
    path("runs/<int:pk>/cancel/", runs.RunCancel.as_view(), name="api-run-cancel"),
    path("runs/<int:pk>/retry/", runs.RunRetry.as_view(), name="api-run-retry"),
    path("comparisons/", comparisons.Comparisons.as_view(), name="api-comparisons"),
    path("comparisons/<int:pk>/", comparisons.ComparisonDetail.as_view(), name="api-comparison"),
    path("comparisons/<int:pk>/progress/", comparisons.ComparisonProgress.as_view(), name="api-comparison-progress"),
    path("comparisons/<int:pk>/stop/", comparisons.ComparisonStop.as_view(), name="api-comparison-stop"),
    path("comparisons/<int:pk>/resume/", comparisons.ComparisonResume.as_view(), name="api-comparison-resume"),
    path("comparisons/<int:pk>/weights/", comparisons.ComparisonWeights.as_view(), name="api-comparison-weights"),
    path("<path:rest>", weeks.Nowhere.as_view(), name="api-nowhere"),
]
