"""What was asked of models and what it cost, what models cost, and prompts that an author changed."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linklog.assist.costs import cost_text

NOT_NEGATIVE = [MinValueValidator(0)]  # or a question would raise the month's limit


class ModelCall(models.Model):
    """One question to a model. Its row is written before it is asked, with the most that it can cost, and mended when it is answered:
    so the total of a month is never less than what was spent, whatever dies in between. It counts `dollars`; where they are None, because
    the answer is not there or nobody knows the price of the model, `reserved_dollars`.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("Asked")
        DONE = "done", _("Answered")
        FAILED = "failed", _("Failed")

    task = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    prompt_version = models.CharField(max_length=12)
    about = models.CharField(max_length=200, blank=True)  # what it was asked for, such as the code of a post
    state = models.CharField(max_length=8, choices=State, default=State.RESERVED)
    problem = models.CharField(max_length=300, blank=True)
    asked = models.DateTimeField(default=timezone.now, db_index=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="model_calls"
    )
    input_tokens = models.PositiveIntegerField(default=0)  # cached ones included
    cached_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    dollars = models.DecimalField(max_digits=19, decimal_places=12, null=True)
    reserved_dollars = models.DecimalField(max_digits=19, decimal_places=12, default=0)

    class Meta:
        verbose_name = _("question to a model")
        verbose_name_plural = _("questions to models")
        ordering: ClassVar = ["-asked", "-pk"]

    def __str__(self) -> str:
        return f"{self.task} {self.model} {self.asked:%Y-%m-%d %H:%M}"

    @property
    def counted(self) -> Decimal:
        """What it counts as towards limits, in dollars."""
        return self.reserved_dollars if self.dollars is None else self.dollars

    @property
    def cost(self) -> str:
        return cost_text(self.dollars)


class Price(models.Model):
    """What a model costs from a day on, in dollars a million tokens. `model` is its name in llm, or the beginning of one with a *."""

    model = models.CharField(_("model"), max_length=200)
    since = models.DateField(_("since"))
    input = models.DecimalField(_("input"), max_digits=12, decimal_places=6, validators=NOT_NEGATIVE)
    cached_input = models.DecimalField(
        _("cached input"), max_digits=12, decimal_places=6, null=True, blank=True, validators=NOT_NEGATIVE
    )
    output = models.DecimalField(_("output"), max_digits=12, decimal_places=6, validators=NOT_NEGATIVE)

    class Meta:
        verbose_name = _("price of a model")
        verbose_name_plural = _("prices of models")
        constraints: ClassVar = [models.UniqueConstraint(fields=["model", "since"], name="price_once_a_day")]
        ordering: ClassVar = ["model", "-since"]

    def __str__(self) -> str:
        return f"{self.model} since {self.since}"


class EditedPrompt(models.Model):
    """An author's own copy of one of the prompts, in llm's template format; it is used instead."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    text = models.TextField(_("text"))
    saved = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")

    def __str__(self) -> str:
        return self.name
