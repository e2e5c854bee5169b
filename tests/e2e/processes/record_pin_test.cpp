#include "e2e/processes/stage.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace crmsync::test;

namespace {

constexpr const char* ann = "ann@contoso.example";

/// Ann, her mailbox, and records she may want to pick.
struct Company {
    Company()
    {
        import("user", "external_id,name,email,state\nU1,Ann,ann@contoso.example,\n"
                       "U2,Gone,gone@contoso.example,closed\n");
        import("account", "external_id,name,state\nA1,Adventure Works,\nA2,Fabrikam,closed\n"
                          "X,One,\n");
        import("case", "external_id,name\nX,Two\n");
        stage.mailbox(ann);
    }
    void import(const std::string& type, const std::string& csv)
    {
        const auto file = stage.folder() / (type + ".csv");
        std::ofstream(file) << csv;
        REQUIRE(stage.crmsync({"record", "import", "--type", type, file.string()}).code == 0);
    }
    Outcome pin(const std::string& record, const std::string& user)
    {
        return stage.crmsync({"record", "pin", record, "--user", user});
    }
    std::int64_t pins() { return stage.number("SELECT count(*) FROM store.record_pin"); }

    Stage stage;
};

} // namespace

TEST_CASE_METHOD(Company, "a record is pinned for a user and unpinned, and said so when it was so")
{
    const Outcome pinned = pin("account:A1", ann);
    CAPTURE(pinned.out, pinned.err);
    CHECK(pinned.code == 0);
    CHECK(pinned.out == "pinned account:A1 Adventure Works for user:U1 Ann\n");
    CHECK(pins() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.revisit WHERE reason = 'labels'") == 1);
    CHECK(pin("A1", "user:U1").out ==
          "was pinned before: account:A1 Adventure Works for user:U1 Ann\n");
    const Outcome unpinned = stage.crmsync({"record", "unpin", "A1", "--user", "U1"});
    CHECK(unpinned.code == 0);
    CHECK(unpinned.out == "unpinned account:A1 Adventure Works for user:U1 Ann\n");
    CHECK(pins() == 0);
    CHECK(stage.crmsync({"record", "unpin", "A1", "--user", ann}).out ==
          "was not pinned: account:A1 Adventure Works for user:U1 Ann\n");
}

TEST_CASE_METHOD(Company, "what cannot be pinned is refused with one line that says why")
{
    const auto refused = [&](const std::string& record, const std::string& user,
                             const std::string& why) {
        const Outcome outcome = pin(record, user);
        INFO(record << " for " << user);
        CHECK(outcome.code == 1);
        CHECK(outcome.out.empty());
        CHECK_THAT(outcome.err, Catch::Contains(why));
        CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    };
    refused("nobody", ann, "no record \"nobody\"");
    refused("X", ann, "names several records; say which: account:X or case:X");
    refused("A1", "nobody@contoso.example", "no user or team \"nobody@contoso.example\"");
    refused("A1", "account:A2", "no user or team \"account:A2\"");
    refused("A2", ann, "account:A2 is closed");
    refused("A1", "U2", "user:U2 is closed");
    refused("U1", ann, "user:U1 is a user");
    CHECK(pins() == 0);
    CHECK(stage.crmsync({"record", "pin", "A1"}).code == 2);
}
