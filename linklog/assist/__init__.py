"""Drafts by a language model: prompts, client, costs, evaluations. Suggests, never saves. Off until LINKLOG_MODEL names a model."""
