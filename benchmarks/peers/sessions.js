// Sessions of express-session, as its authors advise: none is stored before it holds something, and none twice that has
// not changed. In memory, or with `--redis PORT` in Redis.
const session = require('express-session');

exports.sessions = async () => {
  const settings = { secret: 'keyboard cat', resave: false, saveUninitialized: false };
  const at = process.argv.indexOf('--redis');
  if (at > 0) {
    const { RedisStore } = require('connect-redis');
    const client = require('redis').createClient({ url: `redis://127.0.0.1:${process.argv[at + 1]}` });
    await client.connect();
    settings.store = new RedisStore({ client });
  }
  return session(settings);
};
