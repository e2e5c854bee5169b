#include "pg/sqlstate.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::pg;

TEST_CASE("a SQLSTATE says what to do")
{
    struct Row {
        const char* situation;
        const char* code;
        Reaction reaction;
        const char* name;
    };
    const Row rows[] = {
        {"serialization failure", "40001", Reaction::retry, "pg.serialization"},
        {"deadlock", "40P01", Reaction::retry, "pg.serialization"},
        {"statement timeout", "57014", Reaction::retry, "pg.timeout"},
        {"connection failure", "08006", Reaction::retry, "pg.unreachable"},
        {"server shuts down", "57P01", Reaction::retry, "pg.unreachable"},
        {"server starts up", "57P03", Reaction::retry, "pg.unreachable"},
        {"too many connections", "53300", Reaction::retry, "pg.unreachable"},
        {"disk full", "53100", Reaction::retry, "pg.resources"},
        {"duplicate key", "23505", Reaction::set_aside, "pg.constraint"},
        {"missing parent", "23503", Reaction::set_aside, "pg.constraint"},
        {"not that type", "22P02", Reaction::set_aside, "pg.bad_value"},
        {"index row too large", "54000", Reaction::set_aside, "pg.bad_value"},
        {"unknown column", "42703", Reaction::stop, "pg.statement"},
        {"missing grant", "42501", Reaction::stop, "pg.permission"},
        {"wrong password", "28P01", Reaction::stop, "pg.refused"},
        {"no such database", "3D000", Reaction::stop, "pg.no_database"},
        {"lease lost", "CS001", Reaction::give_back, "lease.lost"},
        {"never heard of it", "ZZ999", Reaction::retry, "pg.unknown"},
        {"no code at all", "", Reaction::retry, "pg.unknown"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.situation);
        CHECK(meaning_of(row.code).reaction == row.reaction);
        CHECK(meaning_of(row.code).name == row.name);
    }
}

TEST_CASE("a public message holds no value")
{
    CHECK(public_message("22P02", "invalid input syntax for type uuid: \"Ann's secret\"") ==
          "invalid input syntax for type uuid: …");
    CHECK(public_message("22P02", "invalid input syntax for type json: \"a \"b\" c\"") ==
          "invalid input syntax for type json: …");
    CHECK(public_message("22003", "value \"99999999999\" is out of range for type integer") ==
          "value … is out of range for type integer");
    CHECK(public_message("22021", "invalid byte sequence for encoding \"UTF8\": 0x53 0x65") ==
          "invalid byte sequence for encoding …");
    CHECK(public_message("22001", "value too long for type character varying(10)") ==
          "value too long for type character varying(10)");
    CHECK(public_message("23505", "duplicate key value violates unique constraint \"t_pkey\"") ==
          "duplicate key value violates unique constraint \"t_pkey\"");
}

TEST_CASE("a public message is one line")
{
    CHECK(public_message("42601", "syntax error\n\tat or near \"FORM\"\n") ==
          "syntax error  at or near \"FORM\"");
}

TEST_CASE("a failure names the statement and the code")
{
    const Failure failure = failure_of("40P01", "deadlock detected", "upsert_link");
    CHECK(failure.message() == "upsert_link: deadlock detected (40P01)");
    CHECK(failure.reaction() == Reaction::retry);
}

TEST_CASE("a verbose connection message tells its SQLSTATE in any language")
{
    CHECK(sqlstate_in("connection to server on socket \"/x/.s.PGSQL.5432\" failed: FATAL:  3D000: "
                      "database \"x\" does not exist\nLOCATION:  InitPostgres, postinit.c:885\n") ==
          "3D000");
    CHECK(sqlstate_in("… fehlgeschlagen: SCHWERWIEGEND:  57P03: das Datenbanksystem startet") ==
          "57P03");
    CHECK(sqlstate_in(
              "connection to server failed: Connection refused\n\tIs the server running?") == "");
    CHECK(sqlstate_in("failed: FATAL:  shorter") == "");
    CHECK(sqlstate_in("") == "");
}
