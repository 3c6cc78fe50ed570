/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Who answers what rings. Workers that share a folder all hear it, and each waits a little before it claims it: the
 * longer, the more it has to do. So the least loaded is first, and for those alike it is chance.
 *
 *   call-incoming --delay--> rule? --no--> let ring
 *                              | reject: claim, decline
 *                              | run: room? --no--> again in half a second, for as long as it rings
 *                              |        claim? --another's--> his
 *                              v
 *                             job
 */

#include "worker-private.h"

#define DELAY_MS 800 /* of a worker without room for one more */
#define JITTER_MS 30
#define ROOM_RETRY_MS 500
#define MAX_RINGS 10000

void
ring_free (gpointer data)
{
  Ring *ring = data;

  g_clear_handle_id (&ring->timer, g_source_remove);
  g_free (ring->call_id);
  g_free (ring->peer);
  g_free (ring->call_type);
  g_free (ring->user);
  g_free (ring);
}

static guint
delay_ms (Worker *worker)
{
  guint load = worker_count_live (worker, NULL);

  return worker->claims == NULL ? 0 : (guint) MIN (load * DELAY_MS / worker->rules->max_jobs, DELAY_MS);
}

static guint
jitter_ms (const Worker *worker)
{
  return worker->claims == NULL ? 0 : (guint) g_random_int_range (0, JITTER_MS);
}

/* How much longer to wait with the load that there is now: of many calls at once, each one that we took makes us slower
 * for the rest. */
static guint
left_ms (const Ring *ring)
{
  gint64 waited = (g_get_monotonic_time () - ring->since) / 1000;

  return (guint) MAX ((gint64) delay_ms (ring->worker) + ring->jitter - waited, 0);
}

static JobOrder *
order_for (const Ring *ring, const Rule *rule)
{
  JobOrder *order = job_order_new (rule->recipe);

  order->rule = g_strdup (rule->name);
  order->user = g_strdup (ring->user);
  order->call_id = g_strdup (ring->call_id);
  order->peer = g_strdup (ring->peer);
  order->call_type = g_strdup (ring->call_type);
  order->timeout = g_strdup (rule->timeout);
  for (guint i = 0; i < rule->values->len; i++) {
    const RuleValue *value = g_ptr_array_index (rule->values, i);
    job_order_add_value (order, value->name, value->pattern);
  }
  order->limits = rule->limits;
  order->restart = rule->restart;
  order->max_restarts = rule->max_restarts;
  order->restart_delay = rule->restart_delay;
  return order;
}

/* FALSE: it is another worker's. */
static gboolean
claim (Worker *worker, const JobOrder *order, Claim **taken)
{
  g_autoptr (GError) error = NULL;

  *taken = NULL;
  if (worker->claims == NULL)
    return TRUE;
  *taken = claims_take (worker->claims, order, 1, &error);
  if (error != NULL) /* better two bots, of which the server takes one, than none */
    g_warning ("no claim: %s", error->message);
  return *taken != NULL || error != NULL;
}

static void
decline (Worker *worker, const Ring *ring, const Rule *rule)
{
  g_autoptr (JobOrder) order = job_order_new ("");
  Listener *listener = worker_find_listener (worker, ring->user);
  Claim *taken;

  order->call_id = g_strdup (ring->call_id);
  order->user = g_strdup (ring->user);
  if (listener == NULL || !claim (worker, order, &taken))
    return;
  listener_reject (listener, ring->call_id, rule->reject);
  worker->rejected++;
  g_info ("call %s of %s: declined by rule %s", ring->call_id, ring->peer, rule->name);
  claim_release (taken);
}

static void
answer (Worker *worker, const Ring *ring, const Rule *rule)
{
  JobOrder *order = order_for (ring, rule);
  Claim *taken;

  if (claim (worker, order, &taken))
    worker_add_job (worker, order, taken, 1, FALSE);
  else
    job_order_free (order);
}

static gboolean
on_decide (gpointer user_data)
{
  Ring *ring = user_data;
  Worker *worker = ring->worker;
  const RuleCall call = {
      .call_id = ring->call_id, .peer = ring->peer, .user = ring->user, .call_type = ring->call_type};
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  const Rule *rule = rules_match (worker->rules, &call, g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));

  ring->timer = left_ms (ring) > 0 ? g_timeout_add (left_ms (ring), on_decide, ring) : 0;
  if (ring->timer != 0)
    return G_SOURCE_REMOVE;
  if (rule != NULL && rule->recipe != NULL && !worker_has_room (worker, rule)) {
    worker->full += ring->counted ? 0 : 1;
    ring->counted = TRUE;
    ring->timer = g_timeout_add (ROOM_RETRY_MS, on_decide, ring);
    return G_SOURCE_REMOVE;
  }
  if (rule == NULL)
    g_info ("call %s of %s for %s: no rule, left to ring", ring->call_id, ring->peer, ring->user);
  else if (rule->reject != NULL)
    decline (worker, ring, rule);
  else
    answer (worker, ring, rule);
  g_hash_table_remove (worker->rings, ring->call_id);
  return G_SOURCE_REMOVE;
}

static gboolean
has_job_for (Worker *worker, const char *call_id)
{
  for (GList *at = worker->jobs.head; at != NULL; at = at->next) {
    const Job *job = at->data;
    if (!job_state_is_over (job->state) && g_strcmp0 (job->order->call_id, call_id) == 0)
      return TRUE;
  }
  return FALSE;
}

void
worker_call_incoming (Worker *worker, Listener *listener, const GstStructure *call)
{
  const char *call_id = gst_structure_get_string (call, "call-id");
  Ring *ring;

  if (worker->drain != DRAIN_NONE || call_id == NULL || g_hash_table_contains (worker->rings, call_id)
      || has_job_for (worker, call_id) || g_hash_table_size (worker->rings) >= MAX_RINGS)
    return;
  ring = g_new0 (Ring, 1);
  ring->worker = worker;
  ring->call_id = g_strdup (call_id);
  ring->peer = g_strdup (gst_structure_get_string (call, "peer"));
  ring->call_type = g_strdup (gst_structure_get_string (call, "call-type"));
  ring->user = g_strdup (listener->user);
  ring->since = g_get_monotonic_time ();
  ring->jitter = jitter_ms (worker);
  ring->timer = g_timeout_add (left_ms (ring), on_decide, ring);
  g_hash_table_insert (worker->rings, ring->call_id, ring);
}

void
worker_call_gone (Worker *worker, const char *call_id)
{
  if (call_id != NULL)
    g_hash_table_remove (worker->rings, call_id);
}

/* ---- takeovers ---- */

static gboolean
can_take_over (const JobOrder *order, gpointer user_data)
{
  Worker *worker = user_data;
  const Rule *rule = order->rule != NULL ? rules_find_rule (worker->rules, order->rule) : NULL;
  Listener *listener = worker_find_listener (worker, order->user);

  return listener != NULL && listener->state == LISTENER_READY && worker_has_room (worker, rule);
}

/* Limits are this worker's; what is run is what was. */
static void
take_policy (const Worker *worker, JobOrder *order)
{
  const Rule *rule = order->rule != NULL ? rules_find_rule (worker->rules, order->rule) : NULL;

  order->limits = rule != NULL ? rule->limits : worker->rules->limits;
  if (rule == NULL)
    return;
  order->restart = rule->restart;
  order->max_restarts = rule->max_restarts;
  order->restart_delay = rule->restart_delay;
}

static gboolean
on_take_over (gpointer user_data)
{
  Worker *worker = user_data;
  JobOrder *order = NULL;
  guint attempt = 1;
  Claim *taken = claims_take_orphan (worker->claims, can_take_over, worker, &order, &attempt);

  worker->takeover = 0;
  if (taken == NULL)
    return G_SOURCE_REMOVE;
  if (order->recipe[0] == '\0') { /* it was to be declined */
    claim_release (taken);
    job_order_free (order);
    return G_SOURCE_REMOVE;
  }
  take_policy (worker, order);
  worker->takeovers++;
  g_message ("call %s: taken over from a worker that is gone", order->call_id);
  worker_add_job (worker, order, taken, attempt + 1, TRUE);
  worker_look_for_orphans (worker); /* one at a time: the others' workers want some, too */
  return G_SOURCE_REMOVE;
}

void
worker_look_for_orphans (Worker *worker)
{
  if (worker->claims != NULL && worker->drain == DRAIN_NONE && worker->takeover == 0)
    worker->takeover = g_timeout_add (delay_ms (worker) + jitter_ms (worker), on_take_over, worker);
}
