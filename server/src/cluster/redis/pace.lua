-- One sender's pace for all nodes: the rule of domain/pace.rs, by Redis' own clock.
-- KEYS[1] the sender's hash; ARGV: 'take', rate a second, microseconds a lane may be ahead, count
--                              or 'slow', pause in microseconds
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local kept = redis.call('HMGET', KEYS[1], 'next', 'part', 'slowed', 'held')
local next_at = tonumber(kept[1] or 0)
local part = tonumber(kept[2] or 1)
local slowed = tonumber(kept[3] or 0)
local held = tonumber(kept[4] or 0)
local part_now = math.min(1, part + math.max(0, now - slowed) / 60000000)

local answer
if ARGV[1] == 'take' then
  local each = 1000000 / (tonumber(ARGV[2]) * part_now)
  local begin = math.max(next_at, now, held)
  next_at = begin + tonumber(ARGV[4]) * each
  answer = { string.format('%.3f', begin - tonumber(ARGV[3]) - now), string.format('%.3f', each),
    string.format('%.3f', math.max(0, held - now)) }
else
  if part >= 1 or now - slowed > 1000000 then
    part = math.max(part_now / 2, 1 / 64)
    slowed = now
  end
  held = math.max(held, now + tonumber(ARGV[2]))
  answer = {}
end
redis.call('HSET', KEYS[1], 'next', string.format('%.3f', next_at), 'part', string.format('%.9f', part),
  'slowed', string.format('%.0f', slowed), 'held', string.format('%.0f', held))
redis.call('PEXPIRE', KEYS[1], math.ceil(math.max(60000, (math.max(next_at, held) - now) / 1000 + 60000)))
return answer
