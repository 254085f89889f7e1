"""The WSGI application that `linklog serve` and any other WSGI server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linklog.settings")

application = get_wsgi_application()

from linklog.readers import counting  # noqa: E402 (models need the application)
from linklog.search import warming  # noqa: E402

counting.start()
warming.start()
