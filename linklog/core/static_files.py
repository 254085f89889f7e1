"""Static files under names that hold their contents' hash, in the imports of scripts too, so that a page never mixes two versions."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
