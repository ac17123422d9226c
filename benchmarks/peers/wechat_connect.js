// The same bot with JacksonTian's wechat on connect: rules in a list.    node wechat_connect.js PORT RULES
const connect = require('connect');
const cookies = require('cookie-parser');
const session = require('express-session');
const wechat = require('wechat');

const [port, count] = process.argv.slice(2).map(Number);
const rules = [];
for (let i = 0; i < count; i++) {
  const reply = `这是第 ${i} 条回复`;
  if (i % 10 < 4) rules.push((text) => (text === `命令${i}` ? reply : null));
  else if (i % 10 < 7) rules.push((text) => (text.includes(`关键词${i}号`) ? reply : null));
  else {
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
const app = connect();
app.use((req, res, next) => {
  req.query = Object.fromEntries(new URL(req.url, 'http://localhost').searchParams);
  next();
});
app.use(cookies());
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: true }));
app.use('/wechat', wechat('benchmark', (req, res) => res.reply(answer(req.weixin, req))));
app.listen(port, '127.0.0.1');
