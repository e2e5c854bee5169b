#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";

} // namespace

TEST_CASE("a mailbox's activities belong to the user named as its owner, by address or external id")
{
    Stage stage;
    stage.sim("create_mailbox", {{"upn", ann}});
    write_text(stage.folder() / "users.csv", "external_id,name,email\n"
                                             "U1,Boss,boss@contoso.example\n"
                                             "U2,Other,other@contoso.example\n");
    const Outcome imported = stage.crmsync(
        {"record", "import", "--type", "user", (stage.folder() / "users.csv").string()});
    CAPTURE(imported.out, imported.err);
    REQUIRE(imported.code == 0);
    const auto owner_is_boss = [&](const std::string& named) {
        const Outcome added =
            stage.crmsync({"mailbox", "add", ann, "--provider", "contoso", "--owner", named});
        CAPTURE(added.out, added.err);
        CHECK(added.code == 0);
        CHECK(added.out.find("made the user") == std::string::npos);
        const json::value shown =
            json::parse(stage.crmsync({"mailbox", "show", ann, "--json"}).out);
        CHECK(std::string(shown.at("owner_id").as_string()) ==
              stage.text("SELECT id::text FROM store.record WHERE external_id = 'U1'"));
    };
    owner_is_boss("U1");
    REQUIRE(stage.crmsync({"mailbox", "remove", ann}).code == 0);
    owner_is_boss("Boss@Contoso.example");

    stage.crmsync({"mailbox", "enable", ann});
    stage.deliver(ann, {{"subject", "Offer"}, {"categories", {"CRM Track"}}});
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the answer", [&] { return stage.categories(ann, "Offer") == "CRM Tracked"; });
    CHECK(stage.text("SELECT r.external_id FROM store.activity AS a JOIN store.record AS r ON "
                     "r.id = a.owner_id") == "U1");
}
