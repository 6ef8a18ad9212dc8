-- A database of the Python study tracker, as its own schema has it.
CREATE TABLE seconds_totals(d TEXT, user_id INTEGER, seconds INTEGER, PRIMARY KEY(d,user_id));
CREATE TABLE meta(k PRIMARY KEY, v);
CREATE TABLE user_cache(user_id PRIMARY KEY, display_name, username);
CREATE TABLE compliments_period(period, user_id, compliment, PRIMARY KEY(period,user_id));
INSERT INTO seconds_totals VALUES
  ('2026-01-01', 1, 600),
  ('2026-01-01', 2, 300),
  ('2026-01-02', 1, 1200),
  ('2026-01-03', 1, 1800),
  ('2026-01-03', 2, 900),
  ('2026-01-04', 1, 2400),
  ('2026-01-05', 1, 3000),
  ('2026-01-05', 2, 1500),
  ('2026-01-06', 1, 3600),
  ('2026-01-07', 1, 4200),
  ('2026-01-07', 2, 2100),
  ('2026-01-08', 1, 4800),
  ('2026-01-09', 1, 12600),
  ('2026-01-09', 2, 4500);
INSERT INTO meta VALUES
  ('anchor_date', '2026-01-01'),
  ('last_post_date', '2026-01-09'),
  ('group_key', '-1001234567890'),
  ('group_since', '2026-01-01'),
  ('quote_index', '9');
INSERT INTO user_cache VALUES
  (1, '@ann', 'ann'),
  (2, 'Bob <B> & Co', NULL);
INSERT INTO compliments_period VALUES
  ('day:2026-01-09', 1, 'Focus Alchemist ⚗️'),
  ('week:2026-01-08', 1, 'Deep Diver 🤿'),
  ('month:2026-01-01', 2, 'Page Turner 📖');
