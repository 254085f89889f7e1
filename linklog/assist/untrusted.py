"""Text of strangers on its way to a model, and text of a model on its way to an author: data both, whatever it says.

Nothing here can keep a model from obeying what it reads. It keeps words from being taken for the frame around them, and an answer from
being anything but words.
"""

import re
import unicodedata

from linklog.core.xml import strip_illegal

# Marks by which models of the known families tell speakers and turns apart. A space within makes them plain characters again; characters
# of no width would not, for some tokenizers drop these.
_NAMES = (
    "s|bos|eos|pad|unk|mask|cls|sep|sop|eop|eot|eod|eog|think|thinking|thought|reasoning|scratchpad|start|end|turn|begin|message|channel"
    "|system|user|human|assistant|model|developer|tool|tools|tool_calls?|tool_response|tool_result|function|functions|function_calls?"
    "|function_results|invoke|parameter|observation|answer|image|img|video|audio|file_sep|file_separator|repo_name|jupyter_\\w+"
    "|image_soft_token|audio_soft_token|extra_id_\\d+|unused\\d+|0x[0-9a-f]{2}|fim_\\w+|gmask|smask|\\w+_of_\\w+|antml:\\w+"
)
_OPEN, _CLOSE, _BAR = "[<＜‹〈]", "[>＞›〉]", "[|｜¦∣│]"
_SPECIAL = re.compile(
    rf"(?P<bar>{_OPEN}(?={_BAR})|{_BAR}(?={_CLOSE}))"
    rf"|(?P<name>{_OPEN})(?=\s*/?\s*(?:{_NAMES})\b)"
    r"|(?P<square>\[)(?=\s*/?\s*(?:INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_\w+|IMG\w*|PREFIX|SUFFIX|MIDDLE|THINK|ARGS|CALL_ID|CLS|SEP|PAD"
    r"|UNK|MASK|BOS|EOS|BEGIN_\w+|END_\w+|g?MASK|sMASK|control_\d+)\])"
    rf"|(?P<double>{_OPEN})(?={_OPEN})|(?P<double_end>{_CLOSE})(?={_CLOSE})",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"^(\s*(?:human|assistant|system|user|### ?(?:instruction|response|input|system)))(?=:)", re.I | re.M
)
_FORMATS = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\U000e0000-\U000e0fff]")

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_REFERENCE = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_ADDRESS = re.compile(
    r"<?(?:\b[a-z][a-z0-9+.-]{1,20}://|\b(?:data|javascript|vbscript|mailto|blob|file):(?=\S)|(?<![:\w])//(?=[\w\[])|\bwww\.)"
    r"[^\s<>\"'()\[\]]*>?",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|\b__|__\b|^#{1,6} ", re.MULTILINE)
_QUOTED = re.compile(r'\A(["“„«\'‘`]+)(.*?)["”“»\'’`]+\Z', re.DOTALL)


def visible(text: str) -> str:
    """`text` without characters that nobody sees: controls, those of writing direction and of no width, and tags."""
    text = _FORMATS.sub("", strip_illegal(text))
    return "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs")
    )


def neutral(text: str, limit: int) -> str:
    """`text` as a model may read it: visible, of `limit` characters at most, and with no mark of any model's own language."""
    text = visible(text[: limit * 4])[:limit]
    text = _SPECIAL.sub(r"\g<0> ", text)
    return _SPEAKER.sub(r"\1 ", text)[:limit]


def enclosed(name: str, text: str, boundary: str) -> str:
    """Material between two lines that nobody could have guessed."""
    return f"BEGIN {name} {boundary}\n{text}\nEND {name} {boundary}"


def one_line(text: str, limit: int) -> str:
    """What a model wrote, as words on one line: no markup, no address, and nothing that would end the brackets of a Markdown reference."""
    text = _THOUGHT.sub(" ", visible(text[: limit * 20]))
    for _depth in range(3):
        text = _REFERENCE.sub(r"\1", text)
    text = " ".join(_EMPHASIS.sub("", _ADDRESS.sub("", text).translate(_PLAIN)).split())
    if found := _QUOTED.match(text):
        text = found[2]
    return shortened(text.strip(), limit)


def shortened(text: str, limit: int) -> str:
    """No more than `limit` characters, cut at the end of a word."""
    if len(text) <= limit:
        return text
    return (text[: limit - 1].rpartition(" ")[0] or text[: limit - 1]).rstrip(" ,;:–-") + "…"


_PLAIN = str.maketrans({"[": "(", "]": ")", "\\": "/", "`": "'", "<": "‹", ">": "›"})
