"""Calls echo with recorded values: URL CERTIFICATE USER SECRET CALL.xml"""

import ssl
import sys
import xmlrpc.client
from urllib.parse import quote

url, certificate, user, secret, call = sys.argv[1:]
with open(call, "rb") as file:
    values, _ = xmlrpc.client.loads(file.read())
context = ssl.create_default_context(cafile=certificate)
authority = url.replace("https://", "https://%s:%s@" % (quote(user), quote(secret, safe="")))
peer = xmlrpc.client.ServerProxy(authority, context=context)
for value in values:
    again = peer.echo(value)
    if again != [value]:
        sys.exit("sent %.100r, got %.100r" % (value, again))
if peer.echo(*values[:16]) != list(values[:16]):
    sys.exit("several parameters came back differently")
try:
    peer.nosuch()
    sys.exit("an unknown method answered")
except xmlrpc.client.Fault as fault:
    if fault.faultCode != -32601:
        sys.exit("fault %d" % fault.faultCode)
wrong = xmlrpc.client.ServerProxy(url.replace("https://", "https://x:y@"), context=context)
try:
    wrong.echo(1)
    sys.exit("wrong credentials were accepted")
except xmlrpc.client.Fault as fault:
    if fault.faultCode != -1:
        sys.exit("fault %d" % fault.faultCode)
print("ok")
