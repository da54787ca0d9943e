<?php
// One request of PHP's own server: answered by PHP's XML-RPC server functions.
if (($_SERVER['PHP_AUTH_USER'] ?? '') !== getenv('RPC_USER')
    || ($_SERVER['PHP_AUTH_PW'] ?? '') !== getenv('RPC_SECRET')) {
    http_response_code(401);
    return;
}
$server = xmlrpc_server_create();
xmlrpc_server_register_method($server, 'echo', function ($method, $values) {
    return $values;
});
xmlrpc_server_register_method($server, 'fail', function ($method, $values) {
    return ['faultCode' => 42, 'faultString' => $values[0]];
});
header('Content-Type: text/xml; charset=utf-8');
echo xmlrpc_server_call_method(
    $server,
    file_get_contents('php://input'),
    null,
    ['encoding' => 'UTF-8', 'escaping' => ['markup']]
);
