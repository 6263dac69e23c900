"""The routines of SKR as the console shows them: a form per command, in plain Swedish, in one table.

`dev.console` makes a runbook of each, which the desk reads again; tests hold every field against the command's model.
A field is a parameter of the form: its name there, its place in the command (`recipients/0/id`), its SSM type, what it
is, and what it may be. What is left empty is not said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RECIPIENT = r"^([0-9]{4}|unit-[0-9a-z]+(-[0-9a-z]+)*)$"
MUNICIPALITY = r"^[0-9]{4}$"
DATE = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
ADDRESS = r"^[^@ ]{1,64}@[^@ ]{1,190}$"
LINE = r"^[^\x00-\x1F\x7F]{1,200}$"
ASSIGNMENTS = ("familjehem", "jourhem", "jourfamilj", "kontaktfamilj", "kontaktperson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. `optional` ones may be left empty."""

    name: str
    place: str
    about: str
    type: str = "String"
    pattern: str | None = None
    values: tuple[str, ...] = ()
    default: Any = None
    optional: bool = False

    def parameter(self) -> dict[str, Any]:
        """Give the field as a parameter of a runbook."""
        pattern = self.pattern
        if pattern and self.optional:
            pattern = f"^$|{pattern}"
        default = self.default if self.default is not None else ([] if self.type == "StringList" else "")
        return {
            "type": self.type,
            "description": f"({'Frivilligt' if self.optional else 'Obligatoriskt'}) {self.about}",
            **({"allowedValues": list(self.values)} if self.values and self.type == "String" else {}),
            **({"allowedPattern": pattern} if pattern else {}),
            **({"default": default} if self.optional or self.default is not None else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """One routine: the command, its name in the console, what it does and when one uses it, its fields.

    `example` fills in the form for the ready test event and for the tests; `reads` changes nothing at all.
    """

    command: str
    name: str
    title: str
    about: str
    when: str
    fields: tuple[Field, ...] = ()
    fixed: Mapping[str, Any] | None = None
    example: Mapping[str, Any]
    reads: bool = False
    again: bool = False


_RECIPIENT = Field(
    name="Mottagare",
    place="recipient",
    about="Mottagarens id: kommunkoden (fyra siffror) eller enhetens id (unit-...).",
    pattern=RECIPIENT,
)
_ANY_RECIPIENT = Field(
    name="Mottagare",
    place="recipient",
    about="Mottagarens id. Lämna tomt för alla.",
    pattern=RECIPIENT,
    optional=True,
)
_CONFIRMED = Field(
    name="DomanKontrollerad",
    place="domainConfirmed",
    about="Ange true bara om du har kontrollerat att e-postdomänen tillhör kommunen eller enheten.",
    type="Boolean",
    default=False,
)
_QUESTION_SET = Field(
    name="Version",
    place="questionSet",
    about="Frågornas version, till exempel 2026-1.",
    pattern=r"^[0-9]{4}-[0-9]{1,3}$",
)

ROUTINES: tuple[Routine, ...] = (
    Routine(
        command="approve",
        name="godkann-anslutning",
        title="Godkänn en ansökan om anslutning",
        about="Mottagaren får en egen nyckel och kommunen kan fortsätta på sin egen sida.",
        when="När en kommun har fyllt i Anslut er kommun på webbplatsen.",
        fields=(
            Field(
                name="Ansokan",
                place="request",
                about="Ansökans nummer, som det står i listan över mottagare.",
                pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$",
            ),
            _CONFIRMED,
        ),
        example={"Ansokan": "ask-1", "DomanKontrollerad": True},
    ),
    Routine(
        command="connect",
        name="anslut-mottagare",
        title="Anslut en kommun eller en enhet",
        about="Mottagaren får en egen nyckel och kommunen kan fortsätta på sin egen sida.",
        when="När en kommun har skrivit till SKR i stället för att använda webbplatsen.",
        fields=(
            Field(
                name="Mottagare",
                place="recipients/0/id",
                about="Kommunkoden (fyra siffror), eller ett id för enheten som börjar med unit-.",
                pattern=RECIPIENT,
            ),
            Field(
                name="Namn",
                place="recipients/0/name",
                about="Enhetens namn. Lämna tomt för en kommun.",
                pattern=LINE,
                optional=True,
            ),
            Field(
                name="Kommuner",
                place="recipients/0/municipalities",
                about="Kommunkoder som enheten tar emot åt. Lämna tomt för en kommun.",
                type="StringList",
                optional=True,
            ),
            Field(
                name="Uppdrag",
                place="recipients/0/assignments",
                about="Uppdrag som mottagaren rekryterar för: " + ", ".join(ASSIGNMENTS) + ".",
                type="StringList",
                default=list(ASSIGNMENTS),
            ),
            Field(
                name="Funktionsbrevlada",
                place="recipients/0/functionMailbox",
                about="Gemensam e-postadress dit aviseringar går. Aldrig en persons adress.",
                pattern=ADDRESS,
            ),
            Field(
                name="DomanKontrollerad",
                place="recipients/0/domainConfirmed",
                about=_CONFIRMED.about,
                type="Boolean",
                default=False,
            ),
            Field(
                name="Vantar",
                place="recipients/0/waits",
                about="Ange true för en kommun som ska lämna sin enhet senare, med rutinen för att flytta.",
                type="Boolean",
                default=False,
            ),
            Field(name="FakturaNamn", place="recipients/0/invoice/name", about="Namn på fakturan.", pattern=LINE),
            Field(name="FakturaAdress", place="recipients/0/invoice/address", about="Fakturaadress.", pattern=LINE),
            Field(
                name="FakturaReferens",
                place="recipients/0/invoice/reference",
                about="Kommunens referens, en kod och inte en persons namn.",
                pattern=LINE,
            ),
            Field(
                name="FakturaSatt",
                place="recipients/0/invoice/billing",
                about="För en enhet: sum ger en faktura till enheten, perMember en till varje kommun.",
                values=("sum", "perMember"),
                default="sum",
            ),
        ),
        example={
            "Mottagare": "0680",
            "Funktionsbrevlada": "familjehem@jonkoping.example",
            "DomanKontrollerad": True,
            "FakturaNamn": "Jönköpings kommun",
            "FakturaAdress": "Fakturagatan 1, 550 00 Jönköping",
            "FakturaReferens": "R-0680",
        },
    ),
    Routine(
        command="connectFile",
        name="anslut-fran-fil",
        title="Anslut många mottagare från en fil",
        about="Alla i filen ansluts i en körning, högst 300. Den som nekas hindrar inte de andra. Körs filen igen händer inget.",
        when="När många ska anslutas på en gång. Lägg först filen i mappen commands, i samma form som testhändelsen connect.",
        fields=(
            Field(
                name="Fil",
                place="file",
                about="Filens plats: commands/ och ett namn med små bokstäver, siffror och bindestreck, som slutar på .json.",
                pattern=r"^commands/[0-9a-z][0-9a-z-]{0,60}\.json$",
            ),
        ),
        example={"Fil": "commands/start.json"},
    ),
    Routine(
        command="changeMailbox",
        name="byt-funktionsbrevlada",
        title="Byt funktionsbrevlåda",
        about="Aviseringar går till den gamla adressen tills någon har öppnat länken i mejlet till den nya.",
        when="När kommunen har fått en ny gemensam adress, eller när den gamla studsar.",
        fields=(
            _RECIPIENT,
            Field(
                name="Funktionsbrevlada",
                place="functionMailbox",
                about="Den nya gemensamma adressen. Aldrig en persons adress.",
                pattern=ADDRESS,
            ),
            _CONFIRMED,
        ),
        example={"Mottagare": "0680", "Funktionsbrevlada": "barn@jonkoping.example", "DomanKontrollerad": True},
    ),
    Routine(
        command="addStaff",
        name="ge-tillgang",
        title="Ge personer tillgång till brevlådan",
        about=(
            "Alla som kommunen har angett på sin egen sida får en inloggning. Den första blir administratör hos kommunen. "
            "Rapporten säger hur många, aldrig vilka. Körs den igen händer inget."
        ),
        when="När kommunen har angett minst två personer på sin egen sida, och när den har lagt till någon där.",
        fields=(
            Field(
                name="Ansokan",
                place="request",
                about="Ansökans nummer, eller mottagarens id om SKR började anslutningen.",
                pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$",
            ),
        ),
        example={"Ansokan": "0680"},
    ),
    Routine(
        command="removeStaff",
        name="ta-bort-tillgang",
        title="Ta bort en persons tillgång till brevlådan",
        about=(
            "Personens tillgång och alla inloggningar upphör genast. Kommunens egen administratör gör annars detta själv. "
            "Utan person visar rapporten vilka som har tillgång, med id, roll och datum."
        ),
        when="När ingen administratör hos kommunen kan göra det, eller när det är bråttom.",
        fields=(
            _RECIPIENT,
            Field(
                name="Person",
                place="person",
                about="Personens id, som det står i rapporten. Aldrig ett namn eller en adress.",
                pattern=r"^[0-9A-Za-z-]{1,64}$",
                optional=True,
            ),
        ),
        example={"Mottagare": "0680"},
    ),
    Routine(
        command="sendCanary",
        name="skicka-provbrev",
        title="Skicka provbrevet",
        about=(
            "Ett brev utan familj går hela vägen till mottagarens brevlåda, och någon där ska öppna det. Det heter Provbrev "
            "och räknas ingenstans. Körs den igen skickas inget nytt."
        ),
        when="När allt annat är klart och minst två personer har fått tillgång.",
        fields=(_RECIPIENT,),
        example={"Mottagare": "0680"},
    ),
    Routine(
        command="start",
        name="starta-mottagare",
        title="Starta en mottagare",
        about="Mottagaren börjar ta emot. Saknas något sägs det, och inget ändras.",
        when="När kommunen har gjort allt på sin sida och provbrevet är öppnat.",
        fields=(_RECIPIENT,),
        example={"Mottagare": "0680"},
    ),
    Routine(
        command="pause",
        name="pausa-mottagare",
        title="Pausa en mottagare",
        about="Mottagaren får inget nytt, men kan läsa det som har kommit. Det som är på väg kommer fram.",
        when="När kommunen tillfälligt inte kan ta emot.",
        fields=(_RECIPIENT,),
        example={"Mottagare": "0680"},
    ),
    Routine(
        command="resume",
        name="avsluta-paus",
        title="Avsluta en paus",
        about="Mottagaren tar emot igen.",
        when="När kommunen kan ta emot igen.",
        fields=(_RECIPIENT,),
        example={"Mottagare": "0680"},
    ),
    Routine(
        command="transferMunicipality",
        name="flytta-kommun",
        title="Flytta en kommun till en annan mottagare",
        about="Nya anmälningar till kommunen går till den nya mottagaren. Gamla brev ligger kvar hos den som fick dem.",
        when="När en kommun går med i en enhet, lämnar den eller byter enhet.",
        fields=(
            Field(name="Kommun", place="municipality", about="Kommunkoden, fyra siffror.", pattern=MUNICIPALITY),
            Field(
                name="Mottagare",
                place="recipient",
                about="Den nya mottagaren: enhetens id, eller kommunens egen kod.",
                pattern=RECIPIENT,
            ),
            Field(name="Beslutsdag", place="decidedOn", about="Dagen för kommunens beslut, ÅÅÅÅ-MM-DD.", pattern=DATE),
            Field(
                name="AvtalTill",
                place="agreedUntil",
                about="Avtalets sista dag, ÅÅÅÅ-MM-DD.",
                pattern=DATE,
                optional=True,
            ),
        ),
        example={"Kommun": "0680", "Mottagare": "unit-prov", "Beslutsdag": "2026-10-01", "AvtalTill": "2028-12-31"},
    ),
    Routine(
        command="leave",
        name="sag-upp-mottagare",
        title="Säg upp en mottagare (steg 1 av 2)",
        about="Mottagaren får inget nytt. Breven kan läsas och exporteras tills den stängs.",
        when="När kommunen har sagt upp avtalet. Avgift betalas till och med månaden för sista dagen.",
        fields=(
            _RECIPIENT,
            Field(
                name="SistaDag",
                place="lastDay",
                about="Sista dagen, ÅÅÅÅ-MM-DD. Lämna tomt för månadens sista dag.",
                pattern=DATE,
                optional=True,
            ),
        ),
        example={"Mottagare": "0680", "SistaDag": "2026-12-31"},
    ),
    Routine(
        command="close",
        name="stang-mottagare",
        title="Stäng en mottagare (steg 2 av 2)",
        about="Nyckeln stängs av och raderas efter 30 dagar. Sedan kan inget brev öppnas. Resultatet är beviset.",
        when="Efter sista dagen, när kommunen har bekräftat att alla brev är exporterade. Kör två gånger, med två minuter "
        "emellan.",
        fields=(
            _RECIPIENT,
            Field(
                name="ExportBekraftad",
                place="exportConfirmedOn",
                about="Dagen då kommunen bekräftade exporten, ÅÅÅÅ-MM-DD. Krävs första gången.",
                pattern=DATE,
                optional=True,
            ),
            Field(
                name="Arendenummer",
                place="caseNumber",
                about="Kommunens ärendenummer. Krävs första gången.",
                pattern=LINE,
                optional=True,
            ),
        ),
        example={"Mottagare": "0680", "ExportBekraftad": "2026-12-31", "Arendenummer": "SN 2026/12"},
        again=True,
    ),
    Routine(
        command="publishQuestionSet",
        name="publicera-fragor",
        title="Publicera en version av frågorna",
        about="Versionen granskas, skillnaden mot den som gäller visas och beslutet antecknas. Byts vid nästa driftsättning.",
        when="När referensgruppen har godkänt en ny version.",
        fields=(_QUESTION_SET,),
        example={"Version": "2026-1"},
    ),
    Routine(
        command="withdrawQuestionSet",
        name="dra-tillbaka-fragor",
        title="Dra tillbaka en version av frågorna",
        about="Beslutet antecknas. Det som redan är skickat kan alltid läsas. Byts vid nästa driftsättning.",
        when="När en version inte längre ska användas.",
        fields=(_QUESTION_SET,),
        example={"Version": "2026-1"},
    ),
    Routine(
        command="listRecipients",
        name="lista-mottagare",
        title="Lista mottagare och hur de mår",
        about="Visar läge, vad som saknas och vad som behöver åtgärdas. Inget ändras.",
        when="Varje vecka, och när någon frågar hur långt en anslutning har kommit.",
        fields=(
            Field(
                name="BaraAtgarder",
                place="ailingOnly",
                about="Ange true för att bara se dem som behöver åtgärdas.",
                type="Boolean",
                default=False,
            ),
        ),
        example={"BaraAtgarder": True},
        reads=True,
    ),
    Routine(
        command="touchOutbox",
        name="vack-utkorg",
        title="Väck det som väntar i utkorgen",
        about="Det som väntar försöks igen. Inget tas bort.",
        when="När larmet om utkorgen ringer och felet är rättat.",
        fields=(_ANY_RECIPIENT,),
        example={},
    ),
    Routine(
        command="replayDeadLetters",
        name="kor-om-uppgivna",
        title="Kör om det som gavs upp",
        about="Allt som väntar försöks igen, och noteringarna om uppgivna försök tas bort.",
        when="När larmet om uppgivna leveranser eller besked ringer och felet är rättat.",
        example={},
    ),
    Routine(
        command="rebuildReport",
        name="bygg-om-rapport",
        title="Bygg om en månadsrapport",
        about="Rapporten byggs igen ur samma räkneverk och blir likadan.",
        when="När en rapport saknas eller inte går att öppna.",
        fields=(
            _RECIPIENT,
            Field(name="Manad", place="month", about="Månaden, ÅÅÅÅ-MM.", pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$"),
        ),
        example={"Mottagare": "0680", "Manad": "2026-10"},
    ),
    Routine(
        command="verifyAccessLog",
        name="kontrollera-atkomstlogg",
        title="Kontrollera åtkomstloggen",
        about="Kontrollerar att ingen rad är ändrad eller borta. Visar aldrig vad som står i raderna.",
        when="När larmet om åtkomstloggen ringer, eller när tillsynen frågar.",
        fields=(_ANY_RECIPIENT,),
        example={},
    ),
    Routine(
        command="invoiceBasis",
        name="fakturaunderlag",
        title="Gör fakturaunderlag",
        about="Underlaget läggs som CSV och Excel i mappen invoices. Årets avgifter låses första gången.",
        when="Inför varje fakturering.",
        fields=(
            Field(
                name="Period",
                place="period",
                about="Ett år (2026), ett kvartal (2026-Q1) eller en månad (2026-03).",
                pattern=r"^20[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?$",
            ),
        ),
        example={"Period": "2026-Q1"},
    ),
    Routine(
        command="tariff",
        name="visa-taxa",
        title="Visa taxan, eller fördela en budget",
        about="Räknar ut vad kommuner skulle betala. Inget ändras.",
        when="Inför styrgruppens möten, och när en kommun frågar om priset.",
        fields=(
            Field(name="Ar", place="year", about="Året.", type="Integer", default=2026),
            Field(
                name="Kommuner",
                place="municipalities",
                about="Kommunkoder. Lämna tomt för alla, eller vid budget för alla anslutna.",
                type="StringList",
                optional=True,
            ),
            Field(
                name="Budget",
                place="budgetOre",
                about="Årlig budget i öre, om den ska fördelas.",
                pattern=r"^[0-9]{1,13}$",
                optional=True,
            ),
            Field(
                name="LagstaAvgift",
                place="floorOre",
                about="Lägsta årsavgift i öre, om en budget ska fördelas.",
                pattern=r"^[0-9]{1,13}$",
                optional=True,
            ),
            Field(
                name="HogstaAvgift",
                place="capOre",
                about="Högsta årsavgift i öre, om en budget ska fördelas.",
                pattern=r"^[0-9]{1,13}$",
                optional=True,
            ),
        ),
        example={"Ar": 2026},
        reads=True,
    ),
)


def placed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Put values by place (`recipients/0/id`) into the command that they make."""
    command: dict[str, Any] = {}
    for place, value in fields.items():
        at: Any = command
        *way, last = place.split("/")
        for name, following in zip(way, [*way, last][1:], strict=True):
            at = at[int(name)] if isinstance(at, list) else at.setdefault(name, [{}] if following == "0" else {})
        at[last] = value
    return command
