#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr const char* kims_old = "kim.old@contoso.example";

/// Kim and Lee, both in mode contacts; Kim's user has another address as well, as after a rename.
struct Alias {
    Alias()
    {
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        stage.mailbox(kim, Mode::contacts);
        stage.mailbox(lee, Mode::contacts);
        stage.execute("INSERT INTO store.record_address (address, kind, record_id) SELECT '" +
                      std::string(kims_old) +
                      "', 'email', owner_id FROM sync.mailbox WHERE address = '" +
                      std::string(kim) + "'");
        stage.start();
        stage.settle();
    }
    Stage::Rows owners()
    {
        return stage.rows("SELECT o.name FROM crm.activity AS a JOIN crm.record AS o ON o.id = "
                          "a.owner_id WHERE a.deleted_at IS NULL");
    }

    Stage stage;
};

} // namespace

TEST_CASE_METHOD(Alias, "mail to another address of a user belongs to her, whichever copy came "
                        "first")
{
    const bool kims_first = GENERATE(false, true);
    const Letter letter =
        Letter("Offer").id("m1").to("bo@blue.example", kims_old).cc(lee).sent(stage.now());
    stage.script().put(kims_first ? kim : lee, "inbox", letter);
    stage.settle();
    CHECK(owners() == Stage::Rows{kim});
    stage.script().put(kims_first ? lee : kim, "inbox", letter);
    stage.settle();
    CHECK(owners() == Stage::Rows{kim});
}

TEST_CASE_METHOD(Alias, "a user may track the private mail that she sent from another address")
{
    const auto mine = stage.script().put(
        kim, "sentitems", Letter("Mine").id("m1").from(kims_old).to(ann).sensitivity(2));
    const auto anns = stage.script().put(kim, "inbox", Letter("Hers").id("m2").sensitivity(2));
    stage.settle();
    for (const auto& item : {mine, anns})
        stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(mine) == Names{"CRM Tracked"});
    CHECK(stage.categories(anns) == Names{"CRM Refused"});
}
