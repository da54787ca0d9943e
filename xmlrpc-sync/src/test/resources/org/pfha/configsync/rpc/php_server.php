<?php
// Serves echo and fail: IDENTITY.pem USER SECRET. PHP's own web server speaks no TLS, so a few
// lines in front of it do: connections are taken one after the other and passed on whole.
[, $identity, $user, $secret] = $argv;
putenv("RPC_USER=$user");
putenv("RPC_SECRET=$secret");
$probe = stream_socket_server('tcp://127.0.0.1:0');
$inner = stream_socket_get_name($probe, false);
fclose($probe);
$web = proc_open(
    ['php', '-d', 'post_max_size=64M', '-S', $inner, __DIR__ . '/php_router.php'],
    [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
    $pipes
);
pcntl_async_signals(true);
pcntl_signal(SIGTERM, function () use ($web) {
    proc_terminate($web);
    exit(0);
});
for ($i = 0; $i < 200 && !($up = @stream_socket_client("tcp://$inner")); $i++) {
    usleep(50000);
}
fclose($up);
$tls = stream_context_create(['ssl' => ['local_cert' => $identity]]);
$server = stream_socket_server('tls://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $tls);
echo 'https://' . stream_socket_get_name($server, false) . "\n";
while (true) {
    $client = @stream_socket_accept($server, 3600);
    if (!$client) {
        continue;
    }
    $head = '';
    while (strpos($head, "\r\n\r\n") === false && ($line = fgets($client)) !== false) {
        $head .= $line;
    }
    preg_match('/content-length: (\d+)/i', $head, $length);
    $body = stream_get_contents($client, (int) ($length[1] ?? 0));
    $to = stream_socket_client("tcp://$inner");
    fwrite($to, str_replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", preg_replace("/^Connection:.*\r\n/mi", "", $head)) . $body);
    fwrite($client, stream_get_contents($to));
    fclose($to);
    fclose($client);
}
