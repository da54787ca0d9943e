<?php
// Calls echo with recorded values: URL CERTIFICATE USER SECRET CALL.xml
[, $url, $certificate, $user, $secret, $call] = $argv;

function call($url, $certificate, $user, $secret, $body) {
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_CAINFO => $certificate,
        CURLOPT_HTTPAUTH => CURLAUTH_BASIC,
        CURLOPT_USERPWD => "$user:$secret",
        CURLOPT_HTTPHEADER => ['Content-Type: text/xml'],
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        exit(curl_error($curl));
    }
    return xmlrpc_decode($answer, 'UTF-8');
}

function request($method, $values) {
    return xmlrpc_encode_request($method, $values, ['encoding' => 'UTF-8', 'escaping' => ['markup']]);
}

function ascii($method, $values) {
    return xmlrpc_encode_request($method, $values);
}

$method = '';
$values = xmlrpc_decode_request(file_get_contents($call), $method, 'UTF-8');
foreach ($values as $value) {
    $again = call($url, $certificate, $user, $secret, request('echo', [$value]));
    if ($again != [$value]) {
        exit('sent ' . substr(print_r($value, true), 0, 200) . ' got ' . substr(print_r($again, true), 0, 200));
    }
}
// PHP declares ISO-8859-1 and escapes everything beyond ASCII unless told otherwise.
if (call($url, $certificate, $user, $secret, ascii('echo', ['plain'])) != ['plain']) {
    exit('the default encoding is not understood');
}
$fault = call($url, $certificate, $user, $secret, request('nosuch', []));
if (!is_array($fault) || !xmlrpc_is_fault($fault) || $fault['faultCode'] != -32601) {
    exit('an unknown method answered ' . print_r($fault, true));
}
$fault = call($url, $certificate, 'x', 'y', request('echo', []));
if (!is_array($fault) || !xmlrpc_is_fault($fault) || $fault['faultCode'] != -1) {
    exit('wrong credentials got ' . print_r($fault, true));
}
echo "ok\n";
