"""Pages that stand where a result page was asked for: logins, challenges, errors, walls."""

from collections.abc import Callable

from benchmarks.corpora.frame import CHINESE, TEXT, bare, framed, paragraphs


def _suggestions() -> str:
    return "".join(
        f'<div class=hint><h3><a href="/page/{n}">{name}</a></h3><p>{text}</p></div>'
        for n, (name, text) in enumerate(
            zip(
                ("The lake", "The rivers", "The islands", "The ice", "The fish"), TEXT, strict=False
            )
        )
    )


def _login() -> str:
    return framed(
        "<h1>Sign in</h1><form method=post><label>E-mail <input type=email name=u></label>"
        "<label>Password <input type=password name=p></label><button>Sign in</button></form>"
        '<p><a href="/reset">Forgot your password?</a> <a href="/join">Create an account</a></p>',
        title="Sign in",
    )


def _login_with_providers() -> str:
    ways = "".join(
        f'<li class=way><a href="/auth/{n}"><img src="/{n}.png"><span>Continue with {name}</span>'
        f"</a><p>We will send you to {name} and back.</p></li>"
        for n, name in enumerate(("your university", "your library", "Orchid", "Lake ID"))
    )
    return framed(
        f"<h1>Log in to go on</h1><ul>{ways}</ul><form><input type=password></form>",
        title="Log in",
    )


def _chinese_login() -> str:
    return bare(
        "<div class=top><a href=/>首页</a> <a href=/reg>注册</a></div><form><p>用户名 <input>"
        "</p><p>密码 <input type=password></p><p>验证码 <input name=code><img src=/code.png></p>"
        "<button>登录</button></form><div>版权所有 湖泊图书馆</div>",
        "用户登录",
    )


def _challenge() -> str:
    return bare(
        "<h1>lake.example</h1><h2>Checking if the site connection is secure</h2><p>Please verify "
        "you are human by completing the action below.</p><div id=cf></div><p>Ray ID: 7a3f</p>"
        "<noscript>Enable JavaScript and cookies to continue</noscript>",
        "Just a moment...",
    )


def _unusual_traffic() -> str:
    return bare(
        "<form><img src=/sorry.png><input name=captcha></form><div>About this page<br><br>Our "
        "systems have detected unusual traffic from your computer network. This page checks to see "
        "if it's really you sending the requests, and not a robot.<br><br>IP address: 192.0.2.1"
        "<br>Time: 2021-05-03T10:00:00Z<br>URL: https://lake.example/search?q=ice</div>",
        "https://lake.example/search?q=ice",
    )


def _chinese_challenge() -> str:
    ways = "".join(
        f"<li><a href=/v{n}>{name}</a><p>{name}完成后将自动返回您访问的页面。</p></li>"
        for n, name in enumerate(("滑动验证", "短信验证", "语音验证", "扫码验证"))
    )
    return bare(f"<h1>安全验证</h1><p>系统检测到访问过于频繁</p><ul>{ways}</ul>", "安全验证")


def _picture_challenge() -> str:
    cells = "".join(f'<a href="#{n}"><img src="/p{n}.jpg"></a>' for n in range(9))
    return bare(
        f"<h2>Select all images with boats</h2><div class=grid>{cells}</div><p>Are you a robot? "
        "Complete the captcha to continue.</p>"
    )


def _not_found() -> str:
    return framed(
        "<h1>Page not found</h1><p>We looked everywhere. You may like these pages:</p>"
        f"{_suggestions()}",
        title="404 - Lake Courier",
    )


def _soft_not_found() -> str:
    return framed(
        "<h1>Sorry, this page does not exist</h1><p>It may have moved.</p><h2>Popular now</h2>"
        f"{_suggestions()}"
    )


def _chinese_not_found() -> str:
    links = "".join(f"<li><a href=/{n}>{text[:12]}</a></li>" for n, text in enumerate(CHINESE))
    return bare(
        f"<h1>抱歉，您访问的页面不存在</h1><p>5 秒后自动返回首页</p><ul>{links}</ul>", "出错了"
    )


def _server_error() -> str:
    return bare(
        "<h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2><p><b>Description:</b> An "
        "application error occurred on the server.</p><pre>at Lake.Page.Load()\nat Lake.Run()\n"
        "at Lake.Main()</pre><hr><b>Version Information:</b> 4.0.3",
        "Runtime Error",
    )


def _bad_gateway() -> str:
    return bare("<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>", "502")


def _forbidden() -> str:
    return bare(
        "<h1>Access Denied</h1>You don't have permission to access /search on this server.<p>"
        "Reference #18.2f1a</p>",
        "Access Denied",
    )


def _maintenance() -> str:
    return framed("<h1>We will be back soon</h1><p>The catalogue is down for maintenance.</p>")


def _session_expired() -> str:
    return framed(
        "<h1>Your session has expired</h1><p>Begin a <a href=/new>new search</a>, or look at your "
        "<a href=/saved>saved records</a>.</p>"
    )


def _wants_scripts() -> str:
    return bare(
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>"
        "<script src=/app.js></script>",
        "Lake",
    )


def _built_by_scripts() -> str:
    data = ",".join(f'{{"title":"Sediments {n}","url":"/w/{n}"}}' for n in range(20))
    return bare(f"<div id=app></div><script>window.state=[{data}]</script>", "Search results")


def _consent() -> str:
    ways = "".join(
        f"<li><label><input type=checkbox> {name}</label><p>{TEXT[n]}</p></li>"
        for n, name in enumerate(("Necessary", "Figures", "Comfort", "Adverts"))
    )
    return bare(
        f"<h1>We value your privacy</h1><p>Choose what you allow.</p><ul>{ways}</ul><button>Accept"
        " all</button>",
        "Lake Courier",
    )


def _paywall() -> str:
    plans = "".join(
        f"<div class=plan><h3>{name}</h3><p>{price} € a month</p><ul><li>All articles</li><li>"
        f"The archive</li><li>{n} readers</li></ul><button>Choose</button></div>"
        for n, (name, price) in enumerate((("Day", 2), ("Month", 9), ("Year", 7)), start=1)
    )
    return framed(f"<h1>The lake that would not freeze</h1>{paragraphs(1)}<h2>Read on</h2>{plans}")


def _redirects() -> str:
    return bare(
        '<p>You are being sent to <a href="https://other.example/">other.example</a>. If nothing '
        "happens, follow the link.</p>",
        "Redirecting",
    )


REFUSALS: dict[str, Callable[[], str]] = {
    "login": _login,
    "login with providers": _login_with_providers,
    "chinese login": _chinese_login,
    "challenge": _challenge,
    "unusual traffic": _unusual_traffic,
    "chinese challenge": _chinese_challenge,
    "picture challenge": _picture_challenge,
    "not found": _not_found,
    "soft not found": _soft_not_found,
    "chinese not found": _chinese_not_found,
    "server error": _server_error,
    "bad gateway": _bad_gateway,
    "forbidden": _forbidden,
    "maintenance": _maintenance,
    "session expired": _session_expired,
    "wants scripts": _wants_scripts,
    "built by scripts": _built_by_scripts,
    "consent": _consent,
    "paywall": _paywall,
    "redirects": _redirects,
}
