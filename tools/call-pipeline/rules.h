/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The rules of a worker: which calls it answers as whom, with which recipe, and how much each bot may take. A key file;
 * its keys are told in docs/workers.md. Pure: text in, structs out; whether a recipe or a file is there is asked by
 * rules-check.c. */

#define RULES_ERROR (rules_error_quark ())
GQuark rules_error_quark (void);

typedef enum
{
  RULE_RESTART_NEVER,
  RULE_RESTART_ON_FAILURE,
  RULE_RESTART_ALWAYS
} RuleRestart;

/* What one bot may take; 0: as much as there is. */
typedef struct
{
  guint64 memory;     /* bytes */
  guint64 cpu;        /* percent of one core */
  guint64 cpu_time;   /* seconds */
  guint64 open_files; /* descriptors */
  guint64 nice;
} RuleLimits;

typedef struct
{
  char *id;
  char *token_file; /* NULL: the environment's GST_CALL_TOKEN */
} RuleUser;

typedef struct
{
  char *name;
  char *user; /* patterns with * and ?; NULL: any */
  char *peer;
  char *call_type;
  char *hours;       /* as it stands there */
  int from, to;      /* minutes of the day; the same: all day */
  char *recipe;      /* NULL: reject */
  char *reject;      /* the reason; NULL: run */
  char *timeout;     /* instead of the recipe's; NULL: that */
  GPtrArray *values; /* (element-type RuleValue) */
  guint64 max_jobs;  /* 0: as many as the worker */
  RuleRestart restart;
  guint64 max_restarts;
  guint64 restart_delay; /* seconds */
  RuleLimits limits;
} Rule;

typedef struct
{
  char *name;
  char *pattern; /* with {call-id} and the like */
} RuleValue;

void rule_value_free (gpointer value);

typedef struct
{
  char *file;   /* for what is said about it */
  char *server; /* URL */
  guint64 max_jobs;
  guint64 drain_time; /* seconds */
  RuleLimits limits;  /* of rules that say nothing else, and of jobs that are started by hand */
  GPtrArray *users;   /* (element-type RuleUser) */
  GPtrArray *rules;   /* (element-type Rule), in the order of the file */
} Rules;

/* @error names file, section and key. */
Rules *rules_parse (const char *file, const char *text, gsize length, GError **error);
void rules_free (Rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rules, rules_free)

const Rule *rules_find_rule (const Rules *rules, const char *name);
/* "FILE: [rule NAME] key: text" */
void rules_set_error (GError **error, const Rules *rules, const char *section, const char *key, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

/* ---- rules-match.c ---- */

/* A call that rings, and what the patterns of values stand for. */
typedef struct
{
  const char *call_id;
  const char *peer;
  const char *user;
  const char *call_type;
  const char *time; /* of this start */
  guint attempt;    /* from 1; one more with each restart and each takeover */
} RuleCall;

/* The first rule that the call fits; NULL: it is let ring. @minute: of the day. */
const Rule *rules_match (const Rules *rules, const RuleCall *call, int minute);
gboolean rule_pattern_check (const char *pattern, GError **error);
/* @pattern with its {names} replaced; of what users call themselves, nothing that would lead out of a folder. */
char *rule_pattern_fill (const char *pattern, const RuleCall *call);

G_END_DECLS
