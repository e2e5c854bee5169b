#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";

} // namespace

TEST_CASE("the line works over TLS with the provider that ca_file vouches for")
{
    Stage stage(TempDatabase::Schema::migrated, Stage::Simulator::https);
    stage.mailbox(ann);
    const std::string id = stage.deliver(
        ann, {{"subject", "Offer"}, {"body", "As agreed."}, {"categories", {"CRM Track"}}});
    const Outcome test = stage.crmsync({"mailbox", "test", ann});
    CAPTURE(test.out, test.err);
    CHECK(test.code == 0);
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the answer", [&] { return stage.categories(ann, "Offer") == "CRM Tracked"; });
    CHECK_THAT(stage.text("SELECT body FROM crm.activity"), Catch::Contains("As agreed."));

    // Links of the answers lead over TLS too, else the second round would not be asked for.
    stage.sim("untag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Tracked"}});
    stage.wait_for("the copy to go", [&] {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 0;
    });
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}

TEST_CASE("a provider over TLS whose certificate nobody vouches for is asked for nothing")
{
    Stage stage(TempDatabase::Schema::migrated, Stage::Simulator::https);
    stage.mailbox(ann);
    stage.config.credential = "client_secret_file = \"secret\"";
    const std::size_t before = stage.sim("record").as_array().size();
    const Outcome test = stage.crmsync({"mailbox", "test", ann});
    CHECK(test.code == 1);
    CHECK_THAT(test.out + test.err, Catch::Contains("ca_file"));
    CHECK(stage.sim("record").as_array().size() == before);
}
