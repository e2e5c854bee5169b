#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_purposes.hpp"

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

// Neither is anything's id. Exchange checks the permission before it looks at the id, so without
// it the answer is 403, and with it 404, or 400 for an id it cannot take apart.
constexpr std::string_view no_message =
    "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr std::string_view no_category = "00000000-0000-0000-0000-000000000000";

ProbeResult passed(std::string step, std::string detail)
{
    return {std::move(step), true, std::move(detail)};
}

ProbeResult failed(std::string step, std::string detail)
{
    return {std::move(step), false, std::move(detail)};
}

net::Request patch(std::string url, std::string body)
{
    net::Request request = Calls::request(net::Method::patch, std::move(url));
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    request.drop_body = false;
    return request;
}

} // namespace

asio::awaitable<ProbeResult> GraphConnector::probe_step(std::string step, net::Request request,
                                                        Purpose purpose, std::set<int> also_passed)
{
    std::string failure;
    std::optional<net::Response> response;
    try {
        response = co_await calls_.send(std::move(request), purpose);
    } catch (const Failure& f) {
        failure = f.message();
    }
    if (!response)
        co_return failed(std::move(step), std::move(failure));
    const GraphError error = classify(*response, purpose);
    const bool fine = (response->status >= 200 && response->status < 300) ||
                      (also_passed.contains(response->status) && !is_mailbox_wide(error));
    if (fine)
        co_return passed(std::move(step), std::string(purpose.permission));
    co_return failed(std::move(step), error.message);
}

asio::awaitable<std::vector<ProbeResult>> GraphConnector::probe()
{
    std::vector<ProbeResult> results;
    std::string failure;
    try {
        co_await calls_.check_token();
    } catch (const Failure& f) {
        failure = f.message();
    }
    if (!failure.empty()) {
        results.push_back(failed("token", std::move(failure)));
        co_return results;
    }
    results.push_back(passed("token", "issued"));

    // The mailbox, and whether it may be seen at all; needs the least of the permissions.
    const Urls& urls = calls_.urls();
    net::Request inbox =
        Calls::request(net::Method::get, urls.url(urls.well_known_folder(WellKnown::inbox)));
    const std::set<int> none;
    ProbeResult mailbox =
        co_await probe_step("mailbox", std::move(inbox), purpose::probe_mailbox, none);
    const bool there = mailbox.passed;
    mailbox.detail = there ? "found" : mailbox.detail;
    results.push_back(std::move(mailbox));
    if (!there)
        co_return results;

    // The size of one message: an extended property, which Mail.ReadBasic.All does not give.
    const std::string one = urls.messages("$top=1&$select=id&$expand=singleValueExtendedProperties("
                                          "$filter=id%20eq%20'Integer%200xE08')");
    net::Request read = Calls::request(net::Method::get, urls.url(one));
    results.push_back(co_await probe_step("read mail", std::move(read), purpose::probe_mail, none));

    const std::set<int> not_there{400, 404};
    net::Request color =
        patch(urls.url(urls.master_category(no_category)), R"({"color":"preset0"})");
    results.push_back(
        co_await probe_step("categories", std::move(color), purpose::probe_categories, not_there));

    net::Request write = patch(urls.url(urls.message(no_message, "")), R"({"categories":[]})");
    results.push_back(
        co_await probe_step("write", std::move(write), purpose::probe_write, not_there));
    co_return results;
}

} // namespace crmsync::graph
