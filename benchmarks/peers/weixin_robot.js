// The same bot with weixin-robot on Express.
//
//     node weixin_robot.js PORT RULES [--redis PORT]
const express = require('express');
const webot = require('weixin-robot');
const { sessions } = require('./sessions');

const [port, rules] = process.argv.slice(2).map(Number);
for (let i = 0; i < rules; i++) {
  const reply = `这是第 ${i} 条回复`;
  if (i % 10 < 4) webot.set(`r${i}`, { pattern: `=命令${i}`, handler: () => reply });
  else if (i % 10 < 7) webot.set(`r${i}`, { pattern: new RegExp(`关键词${i}号`), handler: () => reply });
  else webot.set(`r${i}`, { pattern: new RegExp(`^查询${i}\\s+(.+)$`), handler: (info) => `第 ${i} 条：${info.param[1]}` });
}
webot.set('click', {
  pattern: (info) => info.is('event') && info.param.event === 'CLICK',
  handler: (info) => `按钮 ${info.param.eventKey.slice(1)}`,
});
webot.set('play', {
  pattern: /^玩$/,
  handler: (info, next) => { info.wait('guess'); next(null, '猜一个数'); },
});
webot.waitRule('guess', (info, next) => next(null, `${info.text} ${Number(info.text) > 50 ? '大了' : '小了'}`));
webot.set('rest', { pattern: /.*/, handler: () => '没听懂' });

sessions().then((remembering) => {
  const app = express();
  webot.watch(app, { token: 'benchmark', path: '/wechat' });
  app.use(remembering);
  app.listen(port, '127.0.0.1');
});
