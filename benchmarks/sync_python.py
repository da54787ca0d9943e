"""Python's own XML-RPC client and server moving the values of a recorded call.

    sync_python.py CALL.xml RUNS

The server runs in a process of its own and answers true; plain HTTP on loopback, as
xmlrpc.client and xmlrpc.server come. Prints the seconds of each run.
"""

import multiprocessing
import statistics
import sys
import time
import xmlrpc.client
import xmlrpc.server


class Handler(xmlrpc.server.SimpleXMLRPCRequestHandler):
    rpc_paths = ("/xmlrpc.php",)


def serve(ready):
    server = xmlrpc.server.SimpleXMLRPCServer(
        ("127.0.0.1", 0), requestHandler=Handler, logRequests=False
    )
    server.register_function(lambda *parameters: True, "restore")
    ready.send(server.server_address[1])
    server.serve_forever()


def main():
    with open(sys.argv[1], "rb") as file:
        parameters, _ = xmlrpc.client.loads(file.read())
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    peer = xmlrpc.client.ServerProxy("http://127.0.0.1:%d/xmlrpc.php" % ours.recv())
    runs = []
    for number in range(int(sys.argv[2])):
        begun = time.monotonic()
        if peer.restore(*parameters) is not True:
            sys.exit("the server did not answer true")
        runs.append(time.monotonic() - begun)
        print("python %d: %.3f s" % (number + 1, runs[-1]))
    print("python median: %.3f" % statistics.median(runs))
    process.terminate()


if __name__ == "__main__":
    main()
