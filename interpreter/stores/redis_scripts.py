"""The Lua scripts of the Redis store. Each touches the keys of one user, or one key, so that a cluster can run it.

`KEYS` of a user are those of `redis_keys.user_keys`, in this order; only as many as a script needs:

    1  hash   the session: rev, at, c (the conversation), m (the memory), w (when a timer is due, in microseconds),
              and xrev, xc, xm of the last one that could not be read
    2  hash   replies by message
    3  hash   parcels by id: `n` (for the next message) or `d`, the time it is due, a line break, the body
    4  zset   times of the replies by message
    5  hash   deliveries that waited: n<message> their number, g<message> given up, h<message> who performs its calls

A script that has written once is not stopped for want of memory (https://redis.io/docs/latest/develop/programmability/),
so each is all or nothing.
"""

from __future__ import annotations

LOAD = """
local s = redis.call('HMGET', KEYS[1], 'rev', 'c', 'm')
local r = false
if ARGV[1] ~= '' then r = redis.call('HGET', KEYS[2], ARGV[1]) end
local waiting = {}
local parcels = redis.call('HGETALL', KEYS[3])
for i = 1, #parcels, 2 do
  if string.byte(parcels[i + 1]) == 110 then
    waiting[#waiting + 1] = parcels[i]
    waiting[#waiting + 1] = parcels[i + 1]
  end
end
return {s[1], s[2], s[3], r, waiting}
"""
"""message -> rev, conversation, memory, reply, {id, parcel, ...}"""

COMMIT = """
local stored = redis.call('HMGET', KEYS[1], 'rev', 'w')
local found = tonumber(stored[1] or '0')
if found ~= tonumber(ARGV[1]) then return {0, found} end
local message, was_given_up = ARGV[7], 0
if message ~= '' then
  local n = redis.call('HMGET', KEYS[5], 'n' .. message, 'g' .. message, 'h' .. message)
  if n[1] or n[3] then redis.call('HDEL', KEYS[5], 'n' .. message, 'g' .. message, 'h' .. message) end
  if n[2] then was_given_up = 1 end
end
local rev, gone = tonumber(ARGV[2]), {}
if rev > 0 then
  redis.call('HSET', KEYS[1], 'rev', ARGV[2], 'at', ARGV[3], 'c', ARGV[4], 'm', ARGV[5])
  if ARGV[6] ~= '' then
    redis.call('HSET', KEYS[1], 'w', ARGV[6])
  elseif stored[2] then
    redis.call('HDEL', KEYS[1], 'w')
  end
else
  gone = redis.call('HKEYS', KEYS[3])
  redis.call('DEL', unpack(KEYS))
end
local limit = '(' .. (tonumber(ARGV[3]) - tonumber(ARGV[9]))
local old = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', limit, 'LIMIT', 0, 100)
for _, name in ipairs(old) do
  redis.call('HDEL', KEYS[2], name)
  redis.call('ZREM', KEYS[4], name)
end
local reply = ARGV[8]
if ARGV[10] then
  local sections, from = cjson.decode(ARGV[10]), 11
  local to = from + 2 * sections[1]
  if was_given_up == 1 and sections[2] >= 0 then
    reply, from = ARGV[to], to + 1
    to = from + 2 * sections[2]
  end
  for i = #ARGV - sections[3] + 1, #ARGV do redis.call('HDEL', KEYS[3], ARGV[i]) end
  for i = from, to - 1, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
end
if message ~= '' then
  redis.call('HSET', KEYS[2], message, reply)
  redis.call('ZADD', KEYS[4], ARGV[3], message)
  redis.call('PEXPIRE', KEYS[2], ARGV[9])
  redis.call('PEXPIRE', KEYS[4], ARGV[9])
end
local left = {}
for _, id in ipairs(gone) do
  if redis.call('HEXISTS', KEYS[3], id) == 0 then left[#left + 1] = id end
end
return {1, rev, was_given_up, stored[2] or '', left}
"""
"""expected, next revision (0: no session), at, conversation, memory, wake, message, reply, replies' life, and perhaps:
{number of parcels, number of those when given up or -1, number delivered}, id, parcel, ..., reply when given up,
id, parcel, ..., ids of the delivered ones -> 1, rev, given up, the wake before, ids of parcels that are gone"""

KNOCK = """
local reply = redis.call('HGET', KEYS[2], ARGV[1])
if reply then return {reply, 0} end
local count = redis.call('HINCRBY', KEYS[5], 'n' .. ARGV[1], 1)
if count >= tonumber(ARGV[2]) then redis.call('HSET', KEYS[5], 'g' .. ARGV[1], '1') end
redis.call('PEXPIRE', KEYS[5], ARGV[3])
return {false, count}
"""
"""message, limit, life of deliveries -> reply or nil, count"""

CLAIM = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local held = redis.call('HGET', KEYS[5], 'h' .. ARGV[1])
if held then
  local split = string.find(held, ' ', 1, true)
  if string.sub(held, split + 1) ~= ARGV[2] and tonumber(string.sub(held, 1, split - 1)) > now then return 0 end
end
redis.call('HSET', KEYS[5], 'h' .. ARGV[1], string.format('%.0f', now + tonumber(ARGV[3])) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[5], ARGV[4])
return 1
"""
"""message, holder, milliseconds, life of deliveries -> 1 when it was taken"""

DISCLAIM = """
local held = redis.call('HGET', KEYS[5], 'h' .. ARGV[1])
if held and string.sub(held, string.find(held, ' ', 1, true) + 1) == ARGV[2] then
  redis.call('HDEL', KEYS[5], 'h' .. ARGV[1])
end
return 1
"""
"""message, holder"""

DUE = """
local due = tonumber(redis.call('HGET', KEYS[1], 'w') or 'inf')
for _, parcel in ipairs(redis.call('HVALS', KEYS[3])) do
  if string.byte(parcel) == 100 then
    due = math.min(due, tonumber(string.sub(parcel, 2, string.find(parcel, '\\n', 1, true) - 1)))
  end
end
if due == math.huge then return false end
return string.format('%.0f', due)
"""
"""-> the first moment at which something is due, or nil"""

ERASE = """
local wake, gone = redis.call('HGET', KEYS[1], 'w'), redis.call('HKEYS', KEYS[3])
redis.call('DEL', unpack(KEYS))
return {wake or '', gone}
"""
"""-> the wake, ids of parcels"""

SET_ASIDE = """
local s = redis.call('HMGET', KEYS[1], 'rev', 'c', 'm')
if s[1] == ARGV[1] then redis.call('HSET', KEYS[1], 'xrev', s[1], 'xc', s[2] or '', 'xm', s[3] or '') end
return 1
"""
"""rev -> 1; the session stays until it is written again"""

SWEEP_USER = """
local old = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, message in ipairs(old) do
  redis.call('HDEL', KEYS[2], message)
  redis.call('ZREM', KEYS[4], message)
end
local swept, before = #old, tonumber(ARGV[1]) * 1000
local parcels = redis.call('HGETALL', KEYS[3])
for i = 1, #parcels, 2 do
  local parcel = parcels[i + 1]
  if string.byte(parcel) == 110 and swept < tonumber(ARGV[2]) then
    if tonumber(string.sub(parcel, 2, string.find(parcel, '\\n', 1, true) - 1)) < before then
      swept = swept + redis.call('HDEL', KEYS[3], parcels[i])
    end
  end
end
return swept
"""
"""before, how many at most -> how many"""

SWEEP_CONVERSATION = """
local s = redis.call('HMGET', KEYS[1], 'at', 'c', 'm', 'w')
if not s[1] or tonumber(s[1]) >= tonumber(ARGV[1]) or not s[2] or s[2] == '' or s[4] then return 0 end
if s[3] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'c', '')
  redis.call('HINCRBY', KEYS[1], 'rev', 1)
end
return 1
"""
"""before -> 1 when a conversation was forgotten"""

WRITE_VALUE = """
local time = redis.call('TIME')
local left = tonumber(ARGV[1]) / 1000 - tonumber(time[1]) * 1000
redis.call('SET', KEYS[1], ARGV[1] .. '\\n' .. ARGV[2], 'PX', string.format('%.0f', math.max(left, 0) + 60000))
return 1
"""
"""until, value; its end is compared by who reads it, the server only clears it away some time after"""

COUNT = """
local time, until_, count = redis.call('TIME'), ARGV[2], 0
local stored = redis.call('GET', KEYS[1])
if stored then
  local split = string.find(stored, '\\n', 1, true)
  if tonumber(string.sub(stored, 1, split - 1)) > tonumber(ARGV[1]) then
    until_, count = string.sub(stored, 1, split - 1), tonumber(string.sub(stored, split + 1))
  end
end
local left = tonumber(until_) / 1000 - tonumber(time[1]) * 1000
redis.call('SET', KEYS[1], until_ .. '\\n' .. (count + 1), 'PX', string.format('%.0f', math.max(left, 0) + 60000))
return count + 1
"""
"""now, until -> the count"""

LEASE = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
"""holder, milliseconds -> 1 when it was taken"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
"""holder"""

RECORD = """
return {
  redis.call('HMGET', KEYS[1], 'rev', 'at', 'c', 'm', 'w'), redis.call('HGETALL', KEYS[2]),
  redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES'), redis.call('HGETALL', KEYS[3])
}
"""
"""-> {rev, at, conversation, memory, wake}, {message, reply, ...}, {message, time, ...}, {id, parcel, ...}"""

RESTORE = """
redis.call('DEL', unpack(KEYS))
if ARGV[1] ~= '0' then
  redis.call('HSET', KEYS[1], 'rev', ARGV[1], 'at', ARGV[2], 'c', ARGV[3], 'm', ARGV[4])
  if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'w', ARGV[5]) end
end
local parcels = 8 + 3 * tonumber(ARGV[7])
for i = 8, parcels - 1, 3 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  redis.call('ZADD', KEYS[4], ARGV[i + 1], ARGV[i])
end
for i = parcels, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[2], ARGV[6])
redis.call('PEXPIRE', KEYS[4], ARGV[6])
return 1
"""
"""rev, at, conversation, memory, wake, life of replies, their number, message, time, reply, ..., id, parcel, ..."""
