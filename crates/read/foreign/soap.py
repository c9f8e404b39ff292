"""Our SOAP requests, held against those that zeep writes for the same description and values, and our rows against what zeep reads.

The requests are those in `cases/soap/*/expected.txt`, which our own tests keep current."""

import json
import pathlib
import xml.etree.ElementTree as ElementTree

import zeep
import zeep.helpers
from zeep.transports import Transport

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases" / "soap"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def identifier(kind, *parts):
    names = ["xRoadInstance", "memberClass", "memberCode", *(["subsystemCode"] if kind == "SUBSYSTEM" else ["serviceCode", "serviceVersion"])]
    return {"objectType": kind, **dict(zip(names, parts))}


# Case, operation, what zeep is called with, headers.
REQUESTS = [
    ("dotnet", "FindOrganisations", {"name": "l & s", "filter": {"State": "OH", "MinimumRevenue": None, "IncludeClosed": False}}, None),
    ("cxf", "listLicences", {"licenceNumber": "A1", "period": {"from": "2020-01-01"}}, None),
    ("gsoap-literal", "find", {"owner": "LINDEN", "year": 1998}, None),
    ("sap", "ZGetGrants", {"IvYear": "2023"}, None),
    ("x-road", "address", {"request": {"registryCode": "10000001"}}, {
        "client": identifier("SUBSYSTEM", "EE", "GOV", "70000001", "grants"),
        "service": identifier("SERVICE", "EE", "GOV", "70000002", "address", "v1"),
        "userId": "EE38001010001", "id": "…", "protocolVersion": "4.0"}),
]


ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
# As much of the schema of SOAP encoding as the cases use.
SOAP_ENCODING = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{ENCODING}">
<complexType name="Array"><sequence><any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></sequence></complexType>
<attribute name="arrayType" type="string"/></schema>""".encode()


class Copies(Transport):
    """Documents of the web from the case's folder: nothing is fetched."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def load(self, url):
        if url == ENCODING:
            return SOAP_ENCODING
        if "://" in url:
            return (self.folder / "wsdl" / url.rsplit("/", 1)[1]).read_bytes()
        return super().load(url)


def our_request(folder):
    lines = (folder / "expected.txt").read_text().splitlines()
    said = [line[2:] for line in lines if line.startswith("> ")]
    begin = next(index for index, line in enumerate(said) if line.startswith("<?xml"))
    return ElementTree.fromstring("\n".join(said[begin + 1:]))


def our_rows(folder):
    return [json.loads(line) for line in (folder / "expected.txt").read_text().splitlines() if line.startswith("{")]


def plain(element):
    """Names, attributes, texts and children; what has no value and is left out is the same as nil."""
    children = [plain(child) for child in element if child.get(NIL) != "true"]
    return element.tag, sorted(element.attrib.items()), (element.text or "").strip(), children


def check(case, operation, values, headers):
    folder = CASES / case
    wsdl = next((folder / "wsdl").glob("service.wsdl"), None) or next((folder / "wsdl").glob("*.wsdl"))
    client = zeep.Client(str(wsdl), transport=Copies(folder))
    service = next(iter(client.wsdl.services.values()))
    port = next(name for name, port in service.ports.items() if type(port.binding).__name__ == "Soap11Binding")
    client = zeep.Client(str(wsdl), transport=Copies(folder), port_name=port)
    header = {"_soapheaders": headers} if headers else {}
    theirs = ElementTree.fromstring(zeep.helpers.etree.tostring(client.create_message(client.service, operation, **values, **header)))
    ours = our_request(folder)
    for part in ("Header", "Body"):
        one, other = ours.find(SOAP + part), theirs.find(SOAP + part)
        if (one is None) != (other is None) or (one is not None and plain(one) != plain(other)):
            raise SystemExit(f"{case}: another {part} than zeep's\n{ElementTree.tostring(ours)}\n{ElementTree.tostring(theirs)}")
    rows = their_rows(client, operation, folder)
    if rows != len(our_rows(folder)) + (folder / "expected.txt").read_text().count("error["):
        raise SystemExit(f"{case}: zeep reads {rows} rows")


def their_rows(client, operation, folder):
    body = (folder / "responses.txt").read_text().split("\n\n", 1)[1].encode()
    binding = client.service._binding
    reply = type("Reply", (), {"status_code": 200, "content": body, "headers": {}, "encoding": "utf-8"})()
    answer = zeep.helpers.serialize_object(binding.process_reply(client, binding.get(operation), reply))
    return longest_list(answer)


def longest_list(value):
    """How many rows an answer has: its longest list, or one record."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, dict):
        lists = [longest_list(member) for member in value.values() if isinstance(member, (dict, list))]
        return max(lists, default=1)
    return 1


def main():
    for request in REQUESTS:
        check(*request)
    print(f"zeep writes the same {len(REQUESTS)} requests, and reads as many rows")
