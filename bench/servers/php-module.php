<?php
// (d) What the public PHP module does with an event: two look-ups by id, one insert. Without its framework, so a lower bound.
$database = new PDO('sqlite:' . getenv('BENCH_DATABASE'), null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$database->exec('PRAGMA busy_timeout = 5000');
$database->exec('PRAGMA journal_mode = WAL');
$database->exec('PRAGMA synchronous = FULL');
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    $database->exec('CREATE TABLE IF NOT EXISTS connections (id INTEGER PRIMARY KEY, contract TEXT)');
    $database->exec('CREATE TABLE IF NOT EXISTS hooks (id INTEGER PRIMARY KEY, connection_id INTEGER, name TEXT)');
    $database->exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, hook_id INTEGER, object_id TEXT, object TEXT, created TEXT)');
    $database->exec("INSERT OR IGNORE INTO connections VALUES (1, '2391')");
    $database->exec("INSERT OR IGNORE INTO hooks VALUES (1, 1, 'event_invoice_line_change')");
    return;
}
$object = json_decode($_POST['object'], true);
// All rows at once: a cursor left open would turn the insert away whenever another worker has written.
$find = $database->prepare('SELECT * FROM hooks WHERE id = ?');
$find->execute([1]);
[$hook] = $find->fetchAll(PDO::FETCH_ASSOC);
$find = $database->prepare('SELECT * FROM connections WHERE id = ?');
$find->execute([$hook['connection_id']]);
[$connection] = $find->fetchAll(PDO::FETCH_ASSOC);
$insert = $database->prepare('INSERT INTO events (hook_id, object_id, object, created) VALUES (?, ?, ?, ?)');
$insert->execute([$hook['id'], $object['id'], $_POST['object'], date('Y-m-d H:i:s')]);
header('Content-Type: application/json');
echo json_encode(['status' => $connection['contract'] === '2391', 'error' => '']);
