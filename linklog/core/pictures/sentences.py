"""What the author reads when no picture can be made of a file: one plain sentence, or two, for each problem."""

from django.utils.translation import gettext_noop

from linklog.core.pixels.problem import Problem

SENTENCES = {
    Problem.EMPTY: gettext_noop("This file is empty."),
    Problem.TOO_LARGE: gettext_noop("This file is larger than 40 MB. Save the image smaller first."),
    Problem.TOO_MANY_PIXELS: gettext_noop("This image has too many pixels to be opened safely. Save it smaller first."),
    Problem.TOO_MANY_FRAMES: gettext_noop("This animation is too long. Upload it as a film instead."),
    Problem.DAMAGED: gettext_noop("This image is damaged or incomplete. Save or download it once more."),
    Problem.SVG: gettext_noop("This is an SVG drawing, which can hold scripts. Save it as PNG."),
    Problem.HTML: gettext_noop("This is a web page, not an image. Save the image itself."),
    Problem.PDF: gettext_noop("This is a PDF document. Save the page as an image."),
    Problem.ARCHIVE: gettext_noop("This is a compressed archive. Unpack it, then upload the images in it."),
    Problem.FILM: gettext_noop("This is a film or a sound, not an image."),
    Problem.TEXT: gettext_noop("This is text, not an image."),
    Problem.OTHER_FORMAT: gettext_noop("Images of this format cannot be read. Save it as JPEG or PNG."),
    Problem.NEEDS_HEIF: gettext_noop(
        "HEIC images cannot be read here yet. Save it as JPEG, or have linklog[heif] installed on the server."
    ),
    Problem.UNKNOWN: gettext_noop("This is not an image. JPEG, PNG, WebP, GIF, AVIF and HEIC can be read."),
    Problem.NO_MEMORY: gettext_noop("This image needs too much memory to be opened. Save it smaller first."),
    Problem.NO_TIME: gettext_noop("This image takes too long to be opened. Save it once more, or smaller."),
    Problem.CRASHED: gettext_noop("This image cannot be opened: it is damaged, or made to do harm."),
}
