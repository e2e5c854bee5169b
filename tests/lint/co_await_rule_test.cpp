#include "co_await_rule.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::lint;

namespace {

std::vector<int> lines(std::string_view source)
{
    std::vector<int> found;
    for (const Finding& finding : check_co_await("x.cpp", source))
        found.push_back(finding.line);
    return found;
}

/// The code as it stands in a function.
std::vector<int> in_function(const std::string& code)
{
    return lines("awaitable<int> Some::thing(std::string a, int b) const {" + code + "}");
}

const std::vector<int> none;
const std::vector<int> first_line{1};

} // namespace

TEST_CASE("a temporary made of braces in a statement with co_await is found")
{
    const char* bad[] = {
        "co_await f(Agg{a, b});",
        "co_await f({\"a\", \"b\"});",
        "co_await f(std::array<std::string, 2>{a, b});",
        "const auto x = co_await f(Agg{.a = 1});",
        "const Row row{co_await f()};",
        "co_return Row{co_await f(), 1};",
        "return_value = {co_await f()};",
        "if (co_await f(Agg{1})) { g(); }",
        "if (b) co_await f({1});",
        "for (auto& x : co_await f({1})) g(x);",
        "while (co_await f(Agg{}))\n{ g(); }",
        "switch (b) { case 1: co_await f({1}); }",
        "switch (b) { default: { co_await f({1}); } }",
        "try { co_await f({1}); } catch (const E& e) { g(); }",
        "do { g(); co_await f({1}); } while (b);",
        "if (b) { g(); } else co_await f({1});",
    };
    for (const char* code : bad) {
        CAPTURE(code);
        CHECK(in_function(code) == first_line);
    }
}

TEST_CASE("a choice in a statement with co_await is found")
{
    for (const char* code : {"co_await f(b ? a : c);", "const auto x = b ? co_await f() : 1;",
                             "if (co_await f() ? b : c) { g(); }"}) {
        CAPTURE(code);
        CHECK(in_function(code) == first_line);
    }
}

TEST_CASE("a lambda in a statement with co_await is found")
{
    const char* bad[] = {
        "co_await f([a] { g(a); });",
        "co_await f([] { g(); });",
        "co_await f([&](int x) -> int { return x; });",
        "co_spawn(co_await this_coro::executor, [p = std::move(p)] { g(p); }, detached);",
        "co_await async_initiate<T, void()>([s](auto h) mutable { s->go(std::move(h)); }, token);",
        "f([a] { g(); }, co_await h());",
    };
    for (const char* code : bad) {
        CAPTURE(code);
        CHECK(in_function(code) == first_line);
    }
}

TEST_CASE("a statement over several lines is named by the line of its co_await")
{
    CHECK(in_function("\nconst auto x =\n    co_await f(a,\n               b,\n  Agg{1});\n") ==
          std::vector<int>{3});
    CHECK(in_function("\nco_await f(\n    // { is only a comment\n    a);\n") == none);
}

TEST_CASE("statements that only look like it are left alone")
{
    const char* good[] = {
        "co_await f(a, b);",
        "auto [x, y] = co_await f();",
        "const auto& [x, y] = co_await f();",
        "auto&& [x, y] = co_await f();",
        "const auto x = co_await f(list[b], map[a]);",
        "if (co_await f()) { g(); }",
        "if (const auto x = co_await f(); x)\n{\n g();\n}",
        "if (co_await f()) g(Agg{1});",
        "if (b ? a : c) co_await f();",
        "if (b) { g(); } else if (co_await f()) { h(); } else { k(); }",
        "while (co_await f()) { g({1}); }",
        "for (auto& x : co_await f()) { g(x); }",
        "for (int i = 0; i < 3; ++i) { co_await f(i); }",
        "switch (co_await f()) { case 1: g(); break; default: { h(); } }",
        "const Agg value{a, b}; co_await f(std::move(value));",
        "const auto x = b ? a : c; co_await f(x);",
        "const auto work = [a] { g(a); }; co_await f(work);",
        "try { co_await f(); } catch (const E& e) { g({1}); }",
        "do { co_await f(); } while (b ? a : c);",
        "std::vector<int> v = {1, 2}; co_return co_await f(v);",
        "co_await f(\"{ ? [a] }\"); g('{', '?', R\"x({ ? )x\");",
        "/* { */ co_await f(); // ? {",
        "co_await f(60'000); g({1});",
        "\n#define BRACE {\nco_await f();",
        "struct Local { int a = 0; }; co_await f();",
        "for (;;) co_await f();",
        "{ co_await f(); } { g({1}); }",
    };
    for (const char* code : good) {
        CAPTURE(code);
        CHECK(in_function(code) == none);
    }
}

TEST_CASE("what a lambda's body awaits belongs to the statements inside")
{
    CHECK(in_function("co_spawn(ex, [a]() -> awaitable<void> { co_await f(a); }, detached);") ==
          none);
    CHECK(in_function("const auto go = [a]() -> awaitable<void> { co_await f(a); };") == none);
    CHECK(in_function("co_spawn(ex, [a]() -> awaitable<void> { co_await f({a}); }, detached);") ==
          first_line);
    CHECK(in_function("run(Row{1, [a] { return b ? a : c; }}, [&] { return g({2}); });") == none);
}

TEST_CASE("functions, classes and constructors around the statements do not hide them")
{
    CHECK(lines("namespace x {\nstruct S : B {\n S() : a_(1), b_{2} { g(); }\n"
                " awaitable<void> f() override\n { co_await g({1}); }\n};\n}") ==
          std::vector<int>{5});
    CHECK(lines("auto f(int a) -> awaitable<void> {\n co_await g({1});\n}") == std::vector<int>{2});
    CHECK(lines("template <class T>\nawaitable<T> f(T t)\n{\n co_return co_await g(t);\n}\n"
                "int a[] = {1, 2};\nenum class E { a, b };\n") == none);
}

TEST_CASE("source that is cut off or has a brace too many is read to its end")
{
    CHECK(lines("void f() { co_await g({1}") == first_line);
    CHECK(lines("}\n}\nvoid f() { co_await g({1}); }") == std::vector<int>{3});
    CHECK(lines("R\"x(") == none);
    CHECK(lines("/* \n") == none);
    CHECK(lines("\"\\") == none);
}
