#include "examples.hpp"

using namespace crmsync::sim;
using namespace crmsync::sim::test;

TEST_CASE("the documentation's batches get answers of the same shape")
{
    if (skipped())
        return;
    for (const std::string name : {"batch-basic", "batch-dependson"}) {
        Replay sim;
        const Exchange example = read_example(name).front();
        std::string body;
        const json::value batch = json::parse(example.body);
        json::value ours = batch;
        const std::string gone = sim.server.run([&](Script& s) {
            const auto doomed = s.put(sim.ann, "inbox", Mail{.subject = "x"});
            s.remove(sim.ann, doomed.id, true);
            return doomed.id;
        });
        for (json::value& part : ours.at("requests").as_array()) {
            Exchange one;
            one.target = "/v1.0" + text(part, "url");
            std::string path = sim.path_of(one);
            if (one.target.find("Gone") != std::string::npos)
                path.replace(path.find(sim.item.id), sim.item.id.size(), gone);
            part.as_object()["url"] = path;
        }
        Exchange rewritten = example;
        rewritten.body = json::serialize(ours);
        const json::value answer = sim.replay(rewritten, "/$batch").json();
        for (const auto& theirs : example.answer->at("responses").as_array())
            for (const auto& mine : answer.at("responses").as_array())
                if (mine.at("id") == theirs.at("id")) {
                    INFO(name << " part " << json::serialize(mine).substr(0, 300));
                    CHECK(mine.at("status") == theirs.at("status"));
                    compare(theirs, mine, "part", {"ETag", "OData-Version"});
                }
    }
}

TEST_CASE("the documentation's batch with a throttled part comes like ours")
{
    if (skipped())
        return;
    Replay sim;
    const Exchange example = read_example("batch-with-429").front();
    sim.server.run([](Script& s) { s.throttle_next(1, "10", "/messages/"); });
    json::array parts;
    for (const std::string id : {"2", "1"}) // the first to be handled is the one that is refused
        parts.push_back({{"id", id}, {"method", "GET"}, {"url", sim.message(sim.item)}});
    const auto answer =
        sim.call("POST", "/$batch", json::serialize(json::object{{"requests", parts}})).json();
    for (const auto& theirs : example.answer->at("responses").as_array())
        for (const auto& mine : answer.at("responses").as_array())
            if (mine.at("id") == theirs.at("id")) {
                CHECK(mine.at("status") == theirs.at("status"));
                compare(theirs, mine, "part", {});
            }
}
