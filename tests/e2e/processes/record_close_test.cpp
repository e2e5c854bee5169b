#include "e2e/processes/command_lines.hpp"
#include "e2e/processes/stage.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace crmsync::test;

namespace {

constexpr const char* ann = "ann@contoso.example";
constexpr const char* ben = "ben@contoso.example";

/// Ann, who owns an account, her mailbox and 2,500 activities, a few of them untracked; and Ben.
struct Company {
    Company()
    {
        import("user", "external_id,name,email\nU1,Ann,ann@contoso.example\n"
                       "U2,Ben,ben@contoso.example\n");
        import("account", "external_id,name,owner\nA1,Adventure Works,ann@contoso.example\n"
                          "A2,Fabrikam,ben@contoso.example\nU2,Two,\n");
        stage.mailbox(ann);
        stage.execute("INSERT INTO store.activity (id, kind, direction, subject, body, body_type, "
                      "occurred_at, owned_at, owner_id, deleted_at, purge_after) "
                      "SELECT gen_random_uuid(), 'email', 'incoming', 's', 'b', 'text', now(), "
                      "now(), r.id, CASE WHEN n > 2490 THEN now() END, CASE WHEN n > 2490 THEN "
                      "now() + interval '30 days' END FROM store.record AS r, "
                      "generate_series(1, 2500) AS n WHERE r.type = 'user' AND r.external_id = "
                      "'U1'");
    }
    void import(const std::string& type, const std::string& csv)
    {
        const auto file = stage.folder() / (type + ".csv");
        std::ofstream(file) << csv;
        REQUIRE(stage.crmsync({"record", "import", "--type", type, file.string()}).code == 0);
    }
    std::int64_t owned_by(const std::string& external_id)
    {
        return stage.number("SELECT count(*) FROM store.activity AS a JOIN store.record AS r ON "
                            "r.id = a.owner_id WHERE r.type = 'user' AND r.external_id = '" +
                            external_id + "'");
    }
    std::string state(const std::string& type, const std::string& external_id)
    {
        return stage.text("SELECT state FROM crm.record WHERE type = '" + type +
                          "' AND external_id = '" + external_id + "'");
    }

    Stage stage;
};

} // namespace

TEST_CASE_METHOD(Company, "a user who goes passes everything on to the successor, tombstones too")
{
    const Outcome closed = stage.crmsync({"record", "close", ann, "--successor", ben});
    CAPTURE(closed.out, closed.err);
    CHECK(closed.code == 0);
    CHECK_THAT(closed.out,
               Catch::Contains("user:U2 owns 2500 activities, 1 records and 1 mailboxes "
                               "of user:U1 now") &&
                   Catch::Contains("closed user:U1 Ann"));
    CHECK(owned_by("U1") == 0);
    CHECK(owned_by("U2") == 2500);
    CHECK(state("user", "U1") == "closed");
    CHECK(stage.number("SELECT count(*) FROM crm.record AS r JOIN crm.record AS o ON o.id = "
                       "r.owner_id WHERE o.external_id = 'U2'") == 2);
    CHECK(stage.text("SELECT o.external_id FROM sync.mailbox AS m JOIN crm.record AS o ON o.id = "
                     "m.owner_id") == "U2");
    // Given again it has nothing left to do.
    const Outcome again = stage.crmsync({"record", "close", ann, "--successor", ben});
    CHECK(again.code == 0);
    CHECK_THAT(again.out, Catch::Contains("owns 0 activities") &&
                              Catch::Contains("was closed before: user:U1"));
}

TEST_CASE_METHOD(Company,
                 "closed without a successor, a user still owns what there is, and that is said")
{
    const Outcome closed = stage.crmsync({"record", "close", "user:U1"});
    CHECK(closed.code == 0);
    CHECK_THAT(closed.out,
               Catch::Contains("still owns 2490 activities, 1 records and 1 mailboxes"));
    CHECK(owned_by("U1") == 2500);
    CHECK(stage.crmsync({"record", "close", "U1", "--successor", "user:U2"}).code == 0);
    CHECK(owned_by("U1") == 0);
}

TEST_CASE_METHOD(Company, "other records are closed by id, external id or type and external id")
{
    CHECK(stage.crmsync({"record", "close", "A1"}).out == "closed account:A1 Adventure Works\n");
    CHECK(state("account", "A1") == "closed");
    const std::string id = stage.text("SELECT id::text FROM crm.record WHERE external_id = 'A2'");
    CHECK(stage.crmsync({"record", "close", id}).code == 0);
    CHECK(state("account", "A2") == "closed");
    const Outcome two = stage.crmsync({"record", "close", "U2"});
    CHECK(two.code == 1);
    CHECK(is_one_line(two.err));
    CHECK_THAT(two.err, Catch::Contains("account:U2 or user:U2"));
    CHECK(state("user", "U2") == "open");
    CHECK(stage.crmsync({"record", "close", "account:U2"}).code == 0);
    CHECK(state("account", "U2") == "closed");
}

TEST_CASE_METHOD(Company, "a successor has to be somebody else who can own it")
{
    REQUIRE(stage.crmsync({"record", "close", ben}).code == 0);
    const std::vector<std::pair<std::vector<std::string>, const char*>> rows = {
        {{"account:A1", "--successor", ben}, "account:A1 owns nothing"},
        {{ann, "--successor", "account:A1"}, "neither a user nor a team"},
        {{ann, "--successor", ann}, "its own successor"},
        {{ann, "--successor", ben}, "user:U2 is closed"},
        {{ann, "--successor", "nobody"}, "no record \"nobody\""}};
    for (const auto& [arguments, says] : rows) {
        std::vector<std::string> command{"record", "close"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const Outcome refused = stage.crmsync(command);
        CAPTURE(says);
        CHECK(refused.code == 1);
        CHECK(is_one_line(refused.err));
        CHECK_THAT(refused.err, Catch::Contains(says));
    }
    CHECK(owned_by("U1") == 2500);
    CHECK(state("user", "U1") == "open");
    CHECK(state("account", "A1") == "open");
}
