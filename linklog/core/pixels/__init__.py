"""What runs in a process of its own, started by `core.pictures`: the only code that decodes or encodes an image.

It knows neither Django nor a setting, and reaches nothing but the files that it was told of. Nothing else imports it, except `problem`.
"""
