"""What tests do with images in the editor: give it files as a person does, and look at what becomes of them."""

import base64

from playwright.sync_api import Locator, Page

File = tuple[str, str, bytes]

REFERENCE = r"!\[\]\(/media/[0-9a-f]{2}/[0-9a-f]+\.(?:jpg|png)\)"
SLOW = 30_000  # milliseconds, for what is tried again after a pause


def field(page: Page, name: str = "body") -> Locator:
    return page.locator(f"#editor [name={name}]")


def rows(page: Page) -> Locator:
    return page.locator("image-uploads li:visible")


def listed(page: Page) -> Locator:
    return page.locator("image-list li:visible")


def state_of(page: Page, number: int = 0) -> Locator:
    return page.locator("image-list li [data-part=state]").nth(number)


def give(page: Page, event: str, files: list[File], text: str = "") -> None:
    """As the clipboard or the mouse would bring them to the text."""
    page.evaluate(
        """([event, files, text]) => {
            const data = new DataTransfer();
            for (const [name, type, content] of files) {
                data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt())], name, { type }));
            }
            if (text) data.setData("text/plain", text);
            const field = document.querySelector("#editor [name=body]");
            const { left, top } = field.getBoundingClientRect();
            const common = { bubbles: true, cancelable: true, clientX: left + 15, clientY: top + 15 };
            field.dispatchEvent(event === "paste" ? new ClipboardEvent("paste", { ...common, clipboardData: data })
                : new DragEvent("drop", { ...common, dataTransfer: data }));
        }""",
        [event, [[name, kind, base64.b64encode(content).decode()] for name, kind, content in files], text],
    )


def paste(page: Page, *files: File, text: str = "") -> None:
    give(page, "paste", list(files), text)
