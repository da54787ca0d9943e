"""Serves echo and fail over TLS with Basic authentication: IDENTITY.pem USER SECRET"""

import base64
import ssl
import sys
import xmlrpc.client
import xmlrpc.server

identity, user, secret = sys.argv[1:]
expected = "Basic " + base64.b64encode((user + ":" + secret).encode()).decode()


class Handler(xmlrpc.server.SimpleXMLRPCRequestHandler):
    rpc_paths = ("/xmlrpc.php",)
    # By default it speaks 1.0 and hangs up after each answer without saying so beforehand: a call
    # that comes at once on what looks like an open connection is then lost.
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.headers.get("Authorization") != expected:
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_POST()


def fail(text):
    raise xmlrpc.client.Fault(42, text)


server = xmlrpc.server.SimpleXMLRPCServer(
    ("127.0.0.1", 0), requestHandler=Handler, logRequests=False
)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(identity)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.register_function(lambda *values: list(values), "echo")
server.register_function(fail, "fail")
print("https://127.0.0.1:%d" % server.server_address[1], flush=True)
server.serve_forever()
