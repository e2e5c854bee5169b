#include "e2e/processes/first_load.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace crmsync::test {

int answered(Stage& stage, const std::vector<std::string>& mailboxes)
{
    int count = 0;
    for (const std::string& mailbox : mailboxes) {
        const json::value dump = stage.sim("dump", {{"mailbox", mailbox}});
        for (const json::value& item : dump.at("items").as_array())
            for (const json::value& category : item.at("categories").as_array())
                count += category.as_string() == "CRM Tracked" ? 1 : 0;
    }
    return count;
}

bool all_done(Stage& stage, const std::vector<std::string>& mailboxes, int expected)
{
    return stage.number("SELECT count(*) FROM sync.link") == expected &&
           stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0 &&
           answered(stage, mailboxes) == expected;
}

void check_nothing_doubled(Stage& stage, int activities)
{
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == activities);
    CHECK(stage.number("SELECT count(DISTINCT message_id) FROM crm.activity") == activities);
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE body = ''") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}

void stop_at_a_batch(Stage& stage, const std::function<bool()>& fact)
{
    const json::object hold{{"kind", "hold"}, {"path", "/$batch"}};
    stage.sim("fail", hold);
    for (int batches = 0; batches < 200; ++batches) {
        stage.wait_for("a batch",
                       [&] { return stage.sim("held").at("held").to_number<int>() > 0; });
        if (fact())
            return;
        stage.sim("fail", hold);
        stage.sim("release");
    }
    FAIL("the daemon never came to the place where it was to be held");
}

void let_batches_pass(Stage& stage)
{
    stage.sim("clear_faults");
    stage.sim("release");
}

} // namespace crmsync::test
