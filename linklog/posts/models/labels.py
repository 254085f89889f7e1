"""What posts are gathered by: tags, series and the people credited."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from linklog.core import links
from linklog.core.slugs import slugify, tag_slug
from linklog.core.xml import strip_illegal
from linklog.posts import rendering


class Label(models.Model):
    """A name, a slug made from it, and an optional description in Markdown that is rendered when it is saved."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(
        _("slug"), max_length=120, unique=True, blank=True, help_text=_("Made from the name if empty.")
    )
    description = models.TextField(_("description"), blank=True, help_text="Markdown")
    description_html = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.prepare()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The slug that will be saved, so that the form can say whose it already is."""
        self.slug = slugify(self.slug, 120) or tag_slug(self.name)

    def prepare(self) -> None:
        """Fill the derived columns."""
        self.name = " ".join(strip_illegal(self.name).split())[:200]
        self.slug = slugify(self.slug, 120) or tag_slug(self.name)
        self.description = strip_illegal(self.description)
        self.description_html = rendering.render_markdown(self.description, doc_id=self.slug).html

    @property
    def description_safe(self) -> SafeString:
        return mark_safe(self.description_html)  # sanitised when it was stored


class Tag(Label):
    class Meta(Label.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def get_absolute_url(self) -> str:
        return reverse("posts:tag", args=[self.slug])


class Series(Label):
    """Posts that belong together, in an order of their own."""

    class Meta(Label.Meta):
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def get_absolute_url(self) -> str:
        return reverse("posts:series", args=[self.slug])


class Person(Label):
    """Someone whose work is linked or who is quoted."""

    url = models.TextField(_("address"), blank=True)

    class Meta(Label.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def clean(self) -> None:
        super().clean()
        if self.url and not links.is_web_url(links.mend(self.url)):
            raise ValidationError({"url": _("Give a whole address that begins with https:// or http://.")})

    def prepare(self) -> None:
        super().prepare()
        self.url = links.harmless(strip_illegal(self.url))

    def get_absolute_url(self) -> str:
        return reverse("posts:person", args=[self.slug])


class PostTagManager(models.Manager["PostTag"]):
    """Rows come with their tag, in the same query."""

    def get_queryset(self) -> models.QuerySet["PostTag"]:
        return super().get_queryset().select_related("tag")


class CreditManager(models.Manager["Credit"]):
    """Rows come with their person, in the same query."""

    def get_queryset(self) -> models.QuerySet["Credit"]:
        return super().get_queryset().select_related("person")


class PostTag(models.Model):
    """A tag on a post, in the order given."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="post_tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="post_tags")
    position = models.PositiveSmallIntegerField(default=0)

    objects = PostTagManager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="post_tag_once")]
        indexes = [models.Index(fields=["tag", "post"], name="post_tag_by_tag")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.tag_id}"


class Credit(models.Model):
    """A person credited on a post, in the order given."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, models.CASCADE, related_name="credits", verbose_name=_("person"))
    position = models.PositiveSmallIntegerField(default=0)

    objects = CreditManager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="post_credit_once")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.person_id}"
