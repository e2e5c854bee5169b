#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

TEST_CASE("a probe goes through every step and changes nothing")
{
    GraphStage stage([](const Received& r) {
        if (r.method == "PATCH")
            return json_answer(404, error_body("ErrorItemNotFound"));
        return json_answer(200, R"({"id": "IN", "value": []})");
    });

    const auto results = stage.go(stage.connector.probe());

    std::vector<std::string> steps;
    for (const ProbeResult& result : results) {
        INFO(result.step << " " << result.detail);
        CHECK(result.passed);
        steps.push_back(result.step);
    }
    CHECK(steps ==
          std::vector<std::string>{"token", "mailbox", "read mail", "categories", "write"});
    for (const Received& request : stage.requests())
        if (request.method == "PATCH")
            CHECK(header_value(request.headers, "Prefer").find("return=minimal") !=
                  std::string::npos);
    for (const Received& request : stage.requests())
        CHECK((request.method == "GET" || request.target.find("AAAAAAAA") != std::string::npos ||
               request.target.find("00000000-0000") != std::string::npos));
}

TEST_CASE("a probe names each permission that is missing")
{
    GraphStage stage([](const Received& r) {
        if (r.target.find("/mailFolders/inbox") != std::string::npos)
            return json_answer(200, R"({"id": "IN"})");
        return json_answer(403, error_body("ErrorAccessDenied"));
    });

    const auto results = stage.go(stage.connector.probe());

    REQUIRE(results.size() == 5);
    const std::pair<std::string_view, std::string_view> expected[] = {
        {"read mail", "Mail.Read"},
        {"categories", "MailboxSettings.ReadWrite"},
        {"write", "Mail.ReadWrite"}};
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(results[i + 2].step == expected[i].first);
        CHECK_FALSE(results[i + 2].passed);
        CHECK(results[i + 2].detail.find(expected[i].second) != std::string::npos);
    }
}

TEST_CASE("a probe of a mailbox that is not there says so and stops")
{
    GraphStage stage(
        [](const Received&) { return json_answer(404, error_body("ErrorInvalidUser")); });

    const auto results = stage.go(stage.connector.probe());

    REQUIRE(results.size() == 2);
    CHECK(results[1].step == "mailbox");
    CHECK_FALSE(results[1].passed);
    CHECK(results[1].detail.find("knows no user with this address") != std::string::npos);
}
