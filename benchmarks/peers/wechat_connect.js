// The same bot with JacksonTian's wechat on connect: rules in a list.
//
//     node wechat_connect.js PORT RULES [--redis PORT]
const querystring = require('node:querystring');
const connect = require('connect');
const wechat = require('wechat');
const { sessions } = require('./sessions');

const [port, count] = process.argv.slice(2).map(Number);
const rules = [];
for (let i = 0; i < count; i++) {
  const reply = `这是第 ${i} 条回复`;
  if (i % 10 < 4) {
    const phrase = `命令${i}`;
    rules.push((text) => (text === phrase ? reply : null));
  } else if (i % 10 < 7) {
    const phrase = `关键词${i}号`;
    rules.push((text) => (text.includes(phrase) ? reply : null));
  } else {
    const pattern = new RegExp(`^查询${i}\\s+(.+)$`);
    rules.push((text) => { const found = pattern.exec(text); return found ? `第 ${i} 条：${found[1]}` : null; });
  }
}
function answer(message, req) {
  if (message.MsgType === 'event') return message.Event === 'CLICK' ? `按钮 ${message.EventKey.slice(1)}` : '没听懂';
  const text = message.Content;
  if (req.wxsession.guessing && /^\d+$/.test(text)) {
    req.wxsession.guessing = false;
    return `${text} ${Number(text) > 50 ? '大了' : '小了'}`;
  }
  for (const rule of rules) { const reply = rule(text); if (reply) return reply; }
  if (text === '玩') { req.wxsession.guessing = true; return '猜一个数'; }
  return '没听懂';
}
sessions().then((remembering) => {
  const app = connect();
  app.use((req, res, next) => {
    req.query = querystring.parse(req.url.slice(req.url.indexOf('?') + 1));
    next();
  });
  app.use(remembering);
  app.use('/wechat', wechat('benchmark', (req, res) => res.reply(answer(req.weixin, req))));
  app.listen(port, '127.0.0.1');
});
