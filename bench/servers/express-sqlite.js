import process from 'node:process';
import Database from 'better-sqlite3';
import express from 'express';

/** (c) The same promise as a developer would write it in an afternoon: one durable insert a request, then the answer. */
const [port, path] = process.argv.slice(2);
const database = new Database(path);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, hook TEXT NOT NULL, object_id TEXT NOT NULL, object TEXT NOT NULL, received_at INTEGER NOT NULL)`);
const insert = database.prepare('INSERT INTO events (hook, object_id, object, received_at) VALUES (?, ?, ?, ?)');

const app = express();
app.use(express.urlencoded({ extended: false, limit: '1mb' }));
app.post('/events/:key/:modcode/:hook', (request, response) => {
  const object = JSON.parse(request.body.object);
  insert.run(request.params.hook, String(object.id), request.body.object, Date.now());
  response.json({ status: true, error: '' });
});
app.listen(Number(port), '127.0.0.1');
