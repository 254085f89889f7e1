"""The query language by example, as the search page explains it. A form of the language that is not here is not documented."""

from django.utils.translation import gettext_lazy as _

EXAMPLES = [
    ("web design", _("both words, in any of their forms: “designs” and “designing” too; accents make no difference")),
    ('"open source"', _("these words in this order, endings aside")),
    ("web -design", _("the first word without the second; a minus works before everything below as well")),
    ("css OR html", _("either of them; OR in capitals")),
    ("program*", _("words that begin so")),
    ("(css OR html) -tables", _("brackets keep together what belongs together")),
    ("tag:web", _("posts with this tag")),
    ("type:quotation", _("posts of this kind: entry, blogmark, quotation or note")),
    ('author:"Ada Lovelace"', _("posts that quote or credit this person")),
    ("site:en.wikipedia.org", _("posts that link to this site, its name in full")),
    ("series:travels", _("posts of this series")),
    ("year:2024 month:12", _("posts of this year, of this month")),
    ("from:2024-01-31", _("posts of this day and later; a month or a year will do")),
    ("to:2024-06", _("posts up to the end of this month")),
    ("has:code", _("posts with code; also has:image, has:quote, has:via")),
    ("is:draft", _("drafts, for signed-in authors only")),
]
